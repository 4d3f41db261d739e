//! Tables as text: found by their first column, and never read into memory.

use chrono::{DateTime, Utc};

/// The rows of a table, below its header.
pub(super) fn rows<const N: usize>(table: &'static str, separator: char) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(move |line| columns(line, separator))
}

/// The rows whose first column is this, of a table of tabs that is sorted by it.
pub(super) fn of<const N: usize>(table: &'static str, key: &str) -> impl Iterator<Item = [&'static str; N]> {
    let rows = table[first(table, key)..].lines().map(|line| columns(line, '\t'));
    rows.take_while(move |row: &[&str; N]| row[0] == key)
}

/// Whether a sorted list has this line below its header.
pub(super) fn lists(list: &'static str, line: &str) -> Option<&'static str> {
    list[first(list, line)..].lines().next().filter(|found| *found == line)
}

/// ISO dates sort as text; an empty end is open.
pub(super) fn holds(from: &str, to: &str, now: DateTime<Utc>) -> bool {
    let today = now.date_naive().to_string();
    from <= today.as_str() && (to.is_empty() || today.as_str() < to)
}

fn columns<const N: usize>(line: &'static str, separator: char) -> [&'static str; N] {
    let mut columns = line.split(separator);
    std::array::from_fn(|_| columns.next().unwrap_or_default())
}

/// Where the first line begins whose first column is not before `key`. Lines are halved, not counted.
fn first(table: &str, key: &str) -> usize {
    let bytes = table.as_bytes();
    let end_of = |from: usize| bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| from + at + 1);
    let (mut low, mut high) = (end_of(0), bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes[low..middle].iter().rposition(|b| *b == b'\n').map_or(low, |at| low + at + 1);
        let line = &bytes[start..];
        let column = line.split(|b| matches!(b, b'\t' | b'\n')).next().unwrap_or_default();
        if column < key.as_bytes() {
            low = end_of(start);
        } else {
            high = start;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "key\tvalue\na\t1\nc\t2\nc\t3\ncc\t4\nö\t5\n";

    #[test]
    fn rows_are_found_by_their_first_column() {
        let found = |key| of::<2>(TABLE, key).map(|[_, value]| value).collect::<Vec<_>>();
        assert_eq!(["a", "c", "cc", "ö"].map(found), [vec!["1"], vec!["2", "3"], vec!["4"], vec!["5"]]);
        assert_eq!(["", "b", "d", "key", "z", "öö"].map(found), [const { Vec::<&str>::new() }; 6]);
        assert_eq!(rows::<2>(TABLE, '\t').count(), 5);
    }

    #[test]
    fn a_list_has_its_lines_and_no_others() {
        let list = "header\nalpha.example\nbeta.example\ngamma.example";
        for line in ["alpha.example", "beta.example", "gamma.example"] {
            assert_eq!(lists(list, line), Some(line));
        }
        for line in ["header", "alpha", "alpha.example.com", "", "zeta.example"] {
            assert_eq!(lists(list, line), None, "{line}");
        }
    }

    #[test]
    fn an_end_is_the_first_day_after() {
        let day = |text: &str| format!("{text}T12:00:00Z").parse().expect("a day");
        assert!(holds("2024-01-01", "2024-02-01", day("2024-01-31")));
        assert!(!holds("2024-01-01", "2024-02-01", day("2024-02-01")));
        assert!(!holds("2024-01-01", "", day("2023-12-31")));
    }
}
