//! How long files and functions get, and what files are called.

use std::path::Path;

use crate::{
    none,
    sources::{self, Source},
};

const FILE_SOFT: usize = 300;
const FILE_HARD: usize = 400;
const FUNCTION: usize = 60;

/// Drawers that everything ends up in and nobody owns.
const DRAWERS: [&str; 5] = ["util", "common", "helper", "misc", "manager"];

fn too_long(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let mut found = Vec::new();
    if lines > FILE_HARD {
        found.push(format!("{}: {lines} lines, at most {FILE_HARD}", source.path));
    }
    for (line, name, length) in functions(&source.code()) {
        if length > FUNCTION {
            found.push(format!("{}:{line}: fn {name} has {length} lines, at most {FUNCTION}", source.path));
        }
    }
    found
}

/// Line, name and number of lines of each function with a body.
fn functions(code: &str) -> Vec<(usize, String, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let whole = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let name: String = code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !whole || name.is_empty() {
            continue;
        }
        if let Some(end) = body_end(&code[at..]) {
            let line = code[..at].matches('\n').count() + 1;
            found.push((line, name, code[at..at + end].matches('\n').count() + 1));
        }
    }
    found
}

/// Where the braces of the first body close; none for a declaration.
fn body_end(code: &str) -> Option<usize> {
    let (mut braces, mut others) = (0usize, 0usize);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => others += 1,
            ')' | ']' => others = others.saturating_sub(1),
            ';' if braces == 0 && others == 0 => return None,
            '{' => braces += 1,
            '}' if braces == 1 => return Some(at),
            '}' => braces = braces.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

fn badly_named(source: &Source) -> Option<String> {
    let stem = Path::new(&source.path).file_stem()?.to_str()?;
    let folder = Path::new(&source.path).parent()?.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if stem == "mod" {
        return Some(format!("{}: a module's file has its name", source.path));
    }
    let drawer = DRAWERS.iter().find(|drawer| stem.starts_with(**drawer) || folder.starts_with(**drawer))?;
    Some(format!("{}: {drawer} is a drawer, not a name", source.path))
}

#[test]
#[expect(clippy::print_stdout, reason = "a warning is told, not failed")]
fn files_and_functions_stay_short() {
    for source in sources::rust().filter(|source| source.text.lines().count() > FILE_SOFT) {
        println!("getting long: {} has {} lines", source.path, source.text.lines().count());
    }
    none(&sources::rust().flat_map(too_long).collect::<Vec<_>>());
}

#[test]
fn files_have_names_of_their_own() {
    none(&sources::rust().filter_map(badly_named).collect::<Vec<_>>());
}

#[test]
fn the_scanner_bites() {
    let long = |lines: usize| {
        format!("fn f(a: [u8; 2]) {{\n{}}}\n", "    if a {{ b }}\n".repeat(lines).replace("{{", "{").replace("}}", "}"))
    };
    assert_eq!(too_long(&Source::new("a.rs", &long(58))), Vec::<String>::new());
    assert_eq!(too_long(&Source::new("a.rs", &long(59))).len(), 1);
    assert_eq!(too_long(&Source::new("a.rs", &format!("trait T {{ fn g(&self); }}\n{}", long(59)))).len(), 1);
    assert_eq!(too_long(&Source::new("a.rs", &"\n".repeat(400))).len(), 0);
    assert_eq!(too_long(&Source::new("a.rs", &"\n".repeat(401))).len(), 1);
    for bad in ["src/mod.rs", "src/utils.rs", "src/common/x.rs", "src/helpers.rs", "src/misc.rs", "src/manager.rs"] {
        assert!(badly_named(&Source::new(bad, "")).is_some(), "{bad}");
    }
    assert!(badly_named(&Source::new("src/rpc/enrollment/submit.rs", "")).is_none());
}
