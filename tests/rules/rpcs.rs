//! Every RPC of a service has a row in its policy, a handler file of its verb, and a test that names it.

use std::sync::LazyLock;

use prost::Message;
use prost_types::FileDescriptorSet;

use crate::{
    none,
    sources::{self, Source, has_word},
};

pub(crate) const SERVICES: [&str; 4] = ["enrollment", "verification", "relationship", "notification"];

#[derive(Clone)]
pub(crate) struct Rpc {
    /// The crate that serves it; none for what every service serves.
    pub(crate) owner: Option<&'static str>,
    pub(crate) service: String,
    pub(crate) method: String,
}

pub(crate) static ALL: LazyLock<Vec<Rpc>> = LazyLock::new(|| {
    let set = FileDescriptorSet::decode(wire::DESCRIPTOR_SET).expect("the descriptor set");
    let mut all = Vec::new();
    for file in set.file.iter().filter(|file| file.package().starts_with("linkage.")) {
        let owner = SERVICES.into_iter().find(|name| file.package() == format!("linkage.{name}.v1"));
        for service in &file.service {
            all.extend(service.method.iter().map(|method| Rpc {
                owner,
                service: service.name().to_owned(),
                method: method.name().to_owned(),
            }));
        }
    }
    assert!(all.len() > 20, "the descriptor set holds our RPCs");
    all
});

impl Rpc {
    fn is_at(&self, path: &str) -> bool {
        let known = path.rsplit_once('/').is_some_and(|(service, method)| {
            service.strip_suffix(&self.service).is_some_and(|package| package.ends_with('.')) && method == self.method
        });
        known && self.owner.is_none_or(|owner| path.starts_with(&format!("/linkage.{owner}.")))
    }
}

pub(crate) fn snake(camel: &str) -> String {
    let mut out = String::new();
    for c in camel.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn singular(noun: &str) -> &str {
    noun.strip_suffix("es").filter(|stem| stem.ends_with("ss")).or(noun.strip_suffix('s')).unwrap_or(noun)
}

/// `<noun>/<verb>.rs`: the method's words, of which the folder may have said the noun already.
fn is_handler(noun: &str, verb: &str, method: &str) -> bool {
    let words = snake(method);
    let said = |rest: &str| [rest, singular(rest)].iter().any(|rest| rest.contains(noun) || noun.contains(rest));
    words == verb || words.strip_prefix(verb).and_then(|rest| rest.strip_prefix('_')).is_some_and(said)
}

fn has_handler(owner: &str, method: &str, files: &[Source]) -> bool {
    let folder = format!("services/{owner}/src/rpc/");
    files
        .iter()
        .filter_map(|file| file.path.strip_prefix(&folder)?.strip_suffix(".rs")?.split_once('/'))
        .any(|(noun, verb)| is_handler(noun, verb, method))
}

fn without_handler(rpcs: &[Rpc], files: &[Source]) -> Vec<String> {
    let missing = |rpc: &&Rpc| rpc.owner.is_some_and(|owner| !has_handler(owner, &rpc.method, files));
    rpcs.iter()
        .filter(missing)
        .map(|rpc| format!("{}/{}: no handler file of its verb", rpc.service, rpc.method))
        .collect()
}

fn without_policy(rpcs: &[Rpc], files: &[Source]) -> Vec<String> {
    let has_row = |owner: &str, rpc: &Rpc| {
        let (file, folder) = (format!("services/{owner}/src/policy.rs"), format!("services/{owner}/src/policy/"));
        let mut texts = files.iter().filter(|source| source.path == file || source.path.starts_with(&folder));
        texts.any(|source| uncommented(&source.text).any(|line| has_word(line, &rpc.method)))
    };
    let missing = |rpc: &&Rpc| rpc.owner.is_some_and(|owner| !has_row(owner, rpc));
    rpcs.iter().filter(missing).map(|rpc| format!("{}/{}: no row in its policy", rpc.service, rpc.method)).collect()
}

/// Rows for what no longer exists: a rename would leave the new RPC refused and the old row asleep.
fn stale_policy(rpcs: &[Rpc], files: &[Source]) -> Vec<String> {
    let of_policy = |path: &str| path.starts_with("services/") && path.contains("/src/policy");
    let rows = files.iter().filter(|file| of_policy(&file.path)).flat_map(|file| uncommented(&file.text));
    let paths = rows.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|path| path.starts_with("/linkage."));
    paths.filter(|path| !rpcs.iter().any(|rpc| rpc.is_at(path))).map(|path| format!("{path}: no such RPC")).collect()
}

fn without_test(rpcs: &[Rpc], files: &[Source]) -> Vec<String> {
    // A sample for the wrong-input test names every RPC and proves none.
    let is_test = |path: &str| {
        !path.ends_with("samples.yaml") && {
            (path.starts_with("tests/") && !path.starts_with("tests/rules/"))
                || (path.starts_with("services/") && (path.contains("/tests/") || path.contains("/journeys/")))
        }
    };
    let tests: Vec<&Source> = files.iter().filter(|source| is_test(&source.path)).collect();
    let named = |rpc: &Rpc| {
        let words = [rpc.method.clone(), snake(&rpc.method)];
        tests.iter().any(|test| uncommented(&test.text).any(|line| words.iter().any(|word| has_word(line, word))))
    };
    let missing = |rpc: &&Rpc| rpc.owner.is_some() && !named(rpc);
    rpcs.iter().filter(missing).map(|rpc| format!("{}/{}: no test names it", rpc.service, rpc.method)).collect()
}

fn uncommented(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with('#'))
}

/// The RPCs of our own services; those of shared packages are served by runtime.
fn own() -> Vec<Rpc> {
    ALL.iter().filter(|rpc| rpc.owner.is_some()).cloned().collect()
}

#[test]
fn every_rpc_has_a_policy_row() {
    none(&without_policy(&own(), &sources::ALL));
}

#[test]
fn every_policy_row_has_an_rpc() {
    none(&stale_policy(&ALL, &sources::ALL));
}

#[test]
fn every_rpc_has_a_handler_file_of_its_verb() {
    none(&without_handler(&own(), &sources::ALL));
}

#[test]
fn every_rpc_has_a_test() {
    none(&without_test(&own(), &sources::ALL));
}

#[test]
fn a_handler_file_is_known_by_its_verb() {
    for (file, method) in [
        ("enrollment/submit", "SubmitEnrollment"),
        ("enrollment/list", "ListEnrollments"),
        ("access/check", "CheckAccesses"),
        ("location/associate", "AssociatePartnerLocation"),
        ("preapproval/create", "CreatePreapproval"),
        ("peer/open_case", "OpenCase"),
        ("partnership/set_orders_allowed", "SetOrdersAllowed"),
    ] {
        let (noun, verb) = file.split_once('/').expect(file);
        assert!(is_handler(noun, verb, method), "{file}: {method}");
    }
    for (file, method) in [
        ("enrollment/get", "SubmitEnrollment"),
        ("user/submit", "SubmitEnrollment"),
        ("enrollment/sub", "SubmitEnrollment"),
    ] {
        let (noun, verb) = file.split_once('/').expect(file);
        assert!(!is_handler(noun, verb, method), "{file}: {method}");
    }
}

#[test]
fn the_scanner_bites() {
    let rpcs = [Rpc {
        owner: Some("enrollment"),
        service: "EnrollmentService".to_owned(),
        method: "SubmitEnrollment".to_owned(),
    }];
    let policy = "services/enrollment/src/policy.rs";
    let done = [
        Source::new(policy, "row(\"/linkage.enrollment.v1.EnrollmentService/SubmitEnrollment\", Admin)"),
        Source::new("services/enrollment/src/rpc/enrollment/submit.rs", ""),
        Source::new("tests/journeys/onboard.rs", "client.submit_enrollment(request).await"),
    ];
    assert!(
        without_policy(&rpcs, &done).is_empty()
            && without_handler(&rpcs, &done).is_empty()
            && without_test(&rpcs, &done).is_empty()
    );
    assert!(stale_policy(&rpcs, &done).is_empty());
    for stale in [
        "enrollment.v1.EnrollmentService/SubmitEnrolment",
        "enrollment.v1.AnEnrollmentService/SubmitEnrollment",
        "event.v1.EnrollmentService/SubmitEnrollment",
    ] {
        assert_eq!(
            stale_policy(&rpcs, &[Source::new(policy, &format!("row(\"/linkage.{stale}\")"))]).len(),
            1,
            "{stale}"
        );
    }
    let undone = [
        Source::new(policy, "// SubmitEnrollment\nResubmitEnrollment"),
        Source::new("services/verification/src/rpc/enrollment/submit.rs", "SubmitEnrollment"),
        Source::new("tests/rules/rpcs.rs", "submit_enrollment"),
        Source::new("tests/journeys/onboard.rs", "// client.submit_enrollment(request).await"),
    ];
    assert_eq!(without_policy(&rpcs, &undone).len(), 1);
    assert_eq!(without_handler(&rpcs, &undone).len(), 1);
    assert_eq!(without_test(&rpcs, &undone).len(), 1);
}
