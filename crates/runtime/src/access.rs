//! Rights that were taken away: each replica keeps the changes of the last ten minutes in memory, so the guard asks no database.
