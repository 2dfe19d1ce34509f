"""The rules of the platform. Pure: no web, no database, no clock, no dice; time and seeds are arguments."""
