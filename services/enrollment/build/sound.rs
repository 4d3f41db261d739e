//! Whether a table can be relied on: judged when the program is built, so that a malformed one never ships.

/// What is wrong with the table in this file; its name tells its kind.
pub(crate) fn flaws(file: &str, text: &str) -> Vec<String> {
    let found = match file.rsplit('.').next() {
        Some("csv") => table(text, ','),
        Some("tsv") => table(text, '\t'),
        Some("txt") => list(text),
        _ => Vec::new(),
    };
    found.into_iter().map(|flaw| format!("{file}: {flaw}")).collect()
}

/// Every row has each column, a source, and the day from which it holds.
fn table(text: &str, separator: char) -> Vec<String> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(separator).collect();
    let mut found = Vec::new();
    for name in ["effective_from", "source"] {
        if !header.contains(&name) {
            found.push(format!("has no column {name}"));
        }
    }
    let mut last = "";
    for (at, line) in lines.enumerate() {
        let row: Vec<&str> = line.split(separator).collect();
        let mut say = |what: &str| found.push(format!("row {}: {what}: {line}", at + 1));
        if row.len() != header.len() {
            say("has another number of columns than the header");
            continue;
        }
        for (name, value) in header.iter().zip(&row) {
            match *name {
                "source" if value.trim().is_empty() => say("has no source"),
                "effective_from" | "read" if !is_date(value) => say("has no date"),
                "effective_to" if !value.is_empty() && !is_date(value) => say("has no date for its end"),
                _ => {}
            }
        }
        // Those of tabs are searched by halves.
        if separator == '\t' && row[0] < last {
            say("comes after a later one");
        }
        last = row[0];
    }
    if last.is_empty() {
        found.push("is empty".to_owned());
    }
    found
}

/// A list of domains: in its first line what it is, from and until when, its source and the day it was read.
fn list(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let mut found = Vec::new();
    let [_, kind, from, to, source, read] = header[..] else {
        return vec!["its first line is not: domain, kind, from, to, source, read".to_owned()];
    };
    if kind.is_empty() || source.is_empty() {
        found.push("has no source".to_owned());
    }
    if !is_date(from) || !is_date(read) || !(to.is_empty() || is_date(to)) {
        found.push("has no date".to_owned());
    }
    let mut last = "";
    for line in lines {
        let ascii = line.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
        if !ascii || !line.contains('.') || line.starts_with('.') || line.ends_with('.') {
            found.push(format!("{line} is no domain in lower-case ASCII"));
        }
        if line <= last {
            found.push(format!("{line} is not after {last}"));
        }
        last = line;
    }
    if last.is_empty() {
        found.push("is empty".to_owned());
    }
    found
}

/// `2026-11-22`.
fn is_date(text: &str) -> bool {
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2)
        && ("01"..="12").contains(&month) && ("01"..="31").contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_source_or_date_is_refused() {
        let csv = |rows: &str| flaws("x.csv", &format!("key,effective_from,effective_to,source\n{rows}"));
        assert_eq!(csv("a,2000-01-01,,programme\n"), Vec::<String>::new());
        for (row, what) in [
            ("a,2000-01-01,,", "no source"),
            ("a,2000-01-01,, ", "no source"),
            ("a,,,programme", "no date"),
            ("a,2000-13-01,,programme", "no date"),
            ("a,2000-1-1,,programme", "no date"),
            ("a,2000-01-01,soon,programme", "no date for its end"),
            ("a,2000-01-01,programme", "another number of columns"),
            ("", "is empty"),
        ] {
            let found = csv(row);
            assert!(found.iter().any(|flaw| flaw.contains(what)), "{row}: {found:?}");
        }
        assert_eq!(flaws("x.csv", "key,value\na,1\n").len(), 2, "columns for source and date are needed");
        assert_eq!(flaws("x.tsv", "k\teffective_from\tsource\nb\t2000-01-01\tx\na\t2000-01-01\tx\n").len(), 1);
    }

    #[test]
    fn a_list_is_sorted_and_of_domains() {
        let list = |lines: &str| flaws("x.txt", &format!("domain\tfree\t2000-01-01\t\ta package\t2026-11-22\n{lines}"));
        assert_eq!(list("a.example\nb.example\n"), Vec::<String>::new());
        for wrong in
            ["b.example\na.example\n", "a.example\na.example\n", "A.example\n", "å.example\n", "localhost\n", ""]
        {
            assert_eq!(list(wrong).len(), 1, "{wrong}");
        }
        assert_eq!(flaws("x.txt", "domain\tfree\t2000-01-01\t\t\t2026-11-22\na.example\n").len(), 1);
        assert_eq!(flaws("x.txt", "domain\tfree\t\t\ta package\t2026-11-22\na.example\n").len(), 1);
        assert_eq!(flaws("x.txt", "a.example\n").len(), 1);
    }
}
