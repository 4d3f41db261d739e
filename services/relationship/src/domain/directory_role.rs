//! The directory roles that can be delegated: a table, since they change.

use std::sync::LazyLock;

/// A role in the administered organization's directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DirectoryRole {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// Whether a help-desk agent of the grantee holds it too.
    pub(crate) help_desk: bool,
}

static TABLE: LazyLock<Vec<DirectoryRole>> =
    LazyLock::new(|| include_str!("../../data/directory_roles.csv").lines().skip(1).filter_map(read).collect());

fn read(line: &'static str) -> Option<DirectoryRole> {
    let (id, rest) = line.split_once(',')?;
    let (title, help_desk) = rest.split_once(',')?;
    Some(DirectoryRole { id, title, help_desk: help_desk == "yes" })
}

/// The role of this id.
pub(crate) fn find(id: &str) -> Option<DirectoryRole> {
    TABLE.iter().copied().find(|role| role.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let lines = include_str!("../../data/directory_roles.csv").lines().count();
        assert_eq!(TABLE.len(), lines - 1);
        assert!(TABLE.iter().all(|role| !role.id.is_empty() && !role.title.is_empty()));
        assert!(TABLE.iter().any(|role| role.help_desk) && TABLE.iter().any(|role| !role.help_desk));
        assert_eq!(find("directory-reader").map(|role| role.title), Some("Directory reader"));
        assert_eq!(find("no-such-role"), None);
    }
}
