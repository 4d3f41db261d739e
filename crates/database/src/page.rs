//! Keyset pages in order of (time, id): no gap and no repeat while rows come and go.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

/// The last row a reader has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its time.
    pub time: DateTime<Utc>,
    /// Its id, which orders rows of the same time.
    pub id: Uuid,
}

/// Some rows, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, at most as many as asked for.
    pub items: Vec<T>,
    /// Where to go on, unless these were the last.
    pub next: Option<Cursor>,
}

/// Narrows `select` to the rows after `cursor`, and to one more than `limit`, which tells whether there are more.
pub fn after<E: EntityTrait>(
    select: Select<E>,
    (time, id): (E::Column, E::Column),
    cursor: Option<Cursor>,
    limit: u64,
) -> Select<E> {
    let select = match cursor {
        Some(cursor) => select
            // Alone it would be enough to say the second; an index is entered by the first.
            .filter(time.gte(cursor.time))
            .filter(Condition::any().add(time.gt(cursor.time)).add(id.gt(cursor.id))),
        None => select,
    };
    select.order_by_asc(time).order_by_asc(id).limit(limit.saturating_add(1))
}

impl<T> Page<T> {
    /// The page made of rows that were fetched with [`after`] and the same limit.
    pub fn of(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Page { items: rows, next }
    }

    /// The page made of the rows of several selects, each fetched as for [`Page::of`]. A row that several found comes once.
    pub fn merged(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
        rows.sort_by_key(|row| {
            let Cursor { time, id } = cursor(row);
            (time, id)
        });
        rows.dedup_by_key(|row| cursor(row).id);
        Page::of(rows, limit, cursor)
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
