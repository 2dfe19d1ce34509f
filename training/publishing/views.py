"""What authors do: edit modules, see what is wrong and what has changed, publish."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup, escape

from training import events
from training.access import admins, allow, module_version_for
from training.db import db, now
from training.errors import Problem
from training.publishing import drafts
from training.publishing.archives import MOST_BYTES, is_own_name, read_zip, write_zip
from training.publishing.checks import check, other_modules
from training.publishing.differences import differences, stretches_of
from training.publishing.drafts import Stale, Workspace, mark_of, workspace_for, workspace_to_change
from training.publishing.forms import (
    ConfirmForm,
    ImportForm,
    NewLessonForm,
    NewModuleForm,
    PublishForm,
    RenameForm,
    TextForm,
)
from training.publishing.overview import (
    file_groups,
    lesson_title,
    module_rows,
    names_of,
    title_of,
    title_of_file,
    version_before,
    version_rows,
    what_is,
)
from training.publishing.patterns import EXAMPLES
from training.publishing.preview import preview
from training.publishing.review import publish_draft, review_of

blueprint = Blueprint("publishing", __name__, url_prefix="/publishing")


@blueprint.app_template_filter()
def with_code(message: str) -> Markup:
    """What stands between backticks is what an author writes in a file."""
    parts = [escape(part) for part in message.split("`")]
    if len(parts) % 2 == 0:  # one of them is the author's own
        return escape(message)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


@blueprint.route("", methods=["GET", "POST"])
@allow(admins)
def index() -> ResponseReturnValue:
    form = NewModuleForm()
    if form.validate_on_submit():
        try:
            drafts.begin_module(form.slug.data, form.title.data, by=current_user.id, at=now())
        except Problem as problem:
            form.slug.errors = [problem.message]
        else:
            db.session.commit()
            flash(_("The module has a draft. Fill it in, then review and publish it."))
            return redirect(url_for(".module", slug=form.slug.data))
    return render_template("publishing/index.html", modules=module_rows(), form=form), 422 if form.errors else 200


@blueprint.get("/<slug>")
@allow(admins)
def module(slug: str) -> ResponseReturnValue:
    return module_page(workspace_for(current_user, slug), NewLessonForm())


def module_page(work: Workspace, form: NewLessonForm) -> ResponseReturnValue:
    checked = check(work.slug, work.files)
    page = render_template(
        "publishing/module.html",
        work=work,
        title=title_of(work),
        groups=file_groups(work, checked),
        check=checked,
        changed_by=names_of([work.draft.changed_by])[work.draft.changed_by] if work.draft else None,
        versions=version_rows(work.slug),
        form=form,
    )
    return page, 422 if form.errors else 200


# Versions


@blueprint.get("/<slug>/versions/<int:number>")
@allow(admins)
def version(slug: str, number: int) -> ResponseReturnValue:
    shown = module_version_for(current_user, slug, number)
    work = Workspace(slug, shown, None)
    files = [(name, work.text_of(name)) for name in work.names]
    return render_template("publishing/version.html", version=shown, files=files)


@blueprint.get("/<slug>/versions/<int:number>/changes")
@allow(admins)
def changes(slug: str, number: int) -> ResponseReturnValue:
    shown = module_version_for(current_user, slug, number)
    before = version_before(shown)
    return render_template(
        "publishing/changes.html",
        version=shown,
        before=before,
        differences=differences(before.files if before else {}, shown.files),
        name_of=Workspace(slug, shown, None).name_of,
    )


@blueprint.post("/<slug>/versions/<int:number>/download")
@allow(admins)
def download(slug: str, number: int) -> ResponseReturnValue:
    """The files as a zip. It holds the keys, so who took it is noted, and noting is no GET."""
    shown = module_version_for(current_user, slug, number)
    archive = write_zip(shown.files)
    events.note("module exported", f"module:{slug}", actor=current_user.id, at=now(), number=number)
    db.session.commit()
    response = Response(archive, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug}-{number}.zip")
    return response


# Editing


@blueprint.route("/<slug>/edit/<path:name>", methods=["GET", "POST"])
@allow(admins)
def edit(slug: str, name: str) -> ResponseReturnValue:
    if request.method == "GET":
        work = workspace_for(current_user, slug)
        text = work.text_of(name)
        return editor(work, name, TextForm(data={"text": text, "seen": mark_of(text)}))
    work = workspace_to_change(current_user, slug)
    form = form_for(work, name)
    if not form.validate_on_submit():
        return editor(work, name, form), 422
    try:
        drafts.save_file(work, name, form.text.data, seen=form.seen.data or "", by=current_user.id, at=now())
    except Stale as stale:
        db.session.rollback()
        return editor(workspace_for(current_user, slug), name, form, stale=stale), 409
    except Problem as problem:
        db.session.rollback()
        form.text.errors = [problem.message]
        return editor(workspace_for(current_user, slug), name, form), problem.status
    db.session.commit()
    flash(_("Saved in the draft. Trainees see it after you publish."))
    return redirect(url_for(".edit", slug=slug, name=name))


@blueprint.post("/<slug>/preview/<path:name>")
@allow(admins)
def show_preview(slug: str, name: str) -> ResponseReturnValue:
    """What the text would look like and what is wrong with it: a fragment for the script, or the whole page."""
    work = workspace_for(current_user, slug)
    form = form_for(work, name)
    is_valid = form.validate_on_submit()
    if request.accept_mimetypes.best != "text/x-fragment":
        return editor(work, name, form), 200 if is_valid else 422
    if not is_valid:
        message = " ".join(str(error) for error in form.text.errors)
        return Response(render_template("publishing/not_read.html", message=message), 422, mimetype="text/x-fragment")
    page = render_template("publishing/preview.html", **seen_in(work, name, form.text.data))
    return Response(page, mimetype="text/x-fragment")


def form_for(work: Workspace, name: str) -> TextForm:
    """The form that was sent. A file that somebody has deleted meanwhile is none to lose a text over."""
    if work.path_of(name) not in work.files and not is_own_name(work.path_of(name), work.slug):
        abort(404)
    return TextForm()


def seen_in(work: Workspace, name: str, text: str) -> dict[str, object]:
    """What the preview and the list of problems show of *text*.

    Nothing is written from here on, and reading takes a while: the transaction ends first, so that
    no trainee's answer waits for an author's preview.
    """
    path = work.path_of(name)
    files = {**work.files, path: text}
    others = other_modules(work.slug)
    db.session.rollback()
    checked = check(work.slug, files, others)
    return {
        "problems": checked.of(path),
        "elsewhere": len(checked.problems) - len(checked.of(path)),
        "preview": preview(files, path),
    }


def editor(work: Workspace, name: str, form: TextForm, *, stale: Stale | None = None) -> str:
    text = form.text.data or ""
    if stale:
        form.seen.data = mark_of(stale.text)  # who has read both texts may save again
    return render_template(
        "publishing/edit.html",
        work=work,
        name=name,
        what=what_is(name),
        belongs_to=title_of_file(work, name),
        title=title_of(work),
        form=form,
        stale=stale,
        stretches=list(stretches_of(stale.text or "", text)) if stale else [],
        examples=EXAMPLES if name.endswith("/questions.yaml") else {},
        **seen_in(work, name, text),
    )


# Lessons


@blueprint.post("/<slug>/lessons")
@allow(admins)
def add_lesson(slug: str) -> ResponseReturnValue:
    work = workspace_to_change(current_user, slug)
    form = NewLessonForm()
    if not form.validate_on_submit():
        return module_page(work, form)
    try:
        name = drafts.add_lesson(work, form.slug.data, form.title.data, by=current_user.id, at=now())
    except Problem as problem:
        db.session.rollback()
        form.form_errors = [problem.message]
        return module_page(workspace_for(current_user, slug), form)
    db.session.commit()
    flash(_("The lesson is in the draft, with a first text and three questions to write over."))
    return redirect(url_for(".edit", slug=slug, name=name))


@blueprint.route("/<slug>/lessons/<folder>/place", methods=["GET", "POST"])
@allow(admins)
def rename(slug: str, folder: str) -> ResponseReturnValue:
    """Another place in the module, or another short name."""
    work = workspace_to_change(current_user, slug) if request.method == "POST" else workspace_for(current_user, slug)
    drafts.need_lesson(work, folder)
    form = RenameForm(data={"number": int(folder[:2]), "slug": folder[3:]})
    if form.validate_on_submit():
        try:
            drafts.rename_lesson(work, folder, form.number.data, form.slug.data, by=current_user.id, at=now())
        except Problem as problem:
            db.session.rollback()
            work = workspace_for(current_user, slug)
            form.form_errors = [problem.message]
        else:
            db.session.commit()
            flash(_("The lesson has its new place in the draft."))
            return redirect(url_for(".module", slug=slug))
    page = render_template("publishing/rename.html", work=work, title=title_of(work), folder=folder, form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/<slug>/lessons/<folder>/delete", methods=["GET", "POST"])
@allow(admins)
def delete(slug: str, folder: str) -> ResponseReturnValue:
    work = workspace_to_change(current_user, slug) if request.method == "POST" else workspace_for(current_user, slug)
    drafts.need_lesson(work, folder)
    form = ConfirmForm(seen=work.digest)
    if form.validate_on_submit():
        drafts.delete_lesson(work, folder, seen=form.seen.data, by=current_user.id, at=now())
        db.session.commit()
        flash(_("The lesson and its questions are out of the draft. Published versions keep them."))
        return redirect(url_for(".module", slug=slug))
    lesson = lesson_title(work, folder)
    return render_template("publishing/delete.html", work=work, title=title_of(work), lesson=lesson, form=form)


# The draft as a whole


@blueprint.route("/<slug>/discard", methods=["GET", "POST"])
@allow(admins)
def discard(slug: str) -> ResponseReturnValue:
    work = workspace_to_change(current_user, slug) if request.method == "POST" else workspace_for(current_user, slug)
    form = ConfirmForm(seen=work.digest)
    if form.validate_on_submit():
        drafts.discard(work, seen=form.seen.data, by=current_user.id, at=now())
        db.session.commit()
        flash(_("The draft is gone."))
        return redirect(url_for(".module", slug=slug) if work.newest else url_for(".index"))
    if work.draft is None:
        return redirect(url_for(".module", slug=slug))
    changed = [work.name_of(file.path) for file in differences(work.published, work.files)]
    return render_template("publishing/discard.html", work=work, title=title_of(work), changed=changed, form=form)


@blueprint.route("/<slug>/import", methods=["GET", "POST"])
@allow(admins)
def import_files(slug: str) -> ResponseReturnValue:
    work = workspace_to_change(current_user, slug) if request.method == "POST" else workspace_for(current_user, slug)
    form = ImportForm(seen=work.digest)
    if form.validate_on_submit():
        try:
            files = read_zip(form.archive.data.stream.read(MOST_BYTES + 1), slug)
        except Problem as problem:
            form.archive.errors = [problem.message]
        else:
            drafts.replace_files(work, files, seen=form.seen.data, by=current_user.id, at=now())
            db.session.commit()
            flash(_("%(count)s files are in the draft.", count=len(files)))
            return redirect(url_for(".module", slug=slug))
    page = render_template("publishing/import.html", work=work, title=title_of(work), form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/<slug>/review", methods=["GET", "POST"])
@allow(admins)
def review(slug: str) -> ResponseReturnValue:
    work = workspace_to_change(current_user, slug) if request.method == "POST" else workspace_for(current_user, slug)
    form = PublishForm(seen=work.digest)
    if not form.validate_on_submit():
        if work.draft is None:
            return redirect(url_for(".module", slug=slug))
        return review_page(work, form), 422 if form.errors else 200
    try:
        version = publish_draft(work, seen=form.seen.data, note=form.note.data, by=current_user.id, at=now())
    except Problem as problem:
        db.session.rollback()
        return review_page(workspace_for(current_user, slug), form, problem=problem.message), problem.status
    db.session.commit()
    flash(_("Version %(number)s is published. Each cohort stays on its version for now.", number=version.number))
    return redirect(url_for(".module", slug=slug))


def review_page(work: Workspace, form: PublishForm, *, problem: str | None = None) -> str:
    form.seen.data = work.digest
    return render_template(
        "publishing/review.html",
        work=work,
        title=title_of(work),
        review=review_of(work),
        form=form,
        problem=problem,
        where=lambda path: place_of(work, path),
    )


def place_of(work: Workspace, path: str) -> tuple[str, str]:
    """Where a file with a problem is edited, and its name. A file that is missing has no page of its own."""
    name = work.name_of(path)
    if path in work.files:
        return url_for(".edit", slug=work.slug, name=name), name
    return url_for(".module", slug=work.slug), name
