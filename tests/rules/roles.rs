//! `docs/roles.md` is the table of who may call what, printed from the policies that the guard applies.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use runtime::access::role_name;
use runtime::guard::{RUNTIME_APPLICATIONS, RUNTIME_POLICY};
use runtime::{Applications, Policy, Role, Rule, Service};

use crate::sources;

const PAGE: &str = "docs/roles.md";
const ROLES: [Role; 8] = [
    Role::GlobalAdmin,
    Role::AdminAgent,
    Role::SalesAgent,
    Role::HelpdeskAgent,
    Role::UserAdmin,
    Role::BillingAdmin,
    Role::Reviewer,
    Role::Operator,
];

const HEAD: &str = "# Roles and what they may call

Printed from the policies of the services; a test keeps it so. `own`: in the caller's own organization, another one answers as if there were
no such thing. `all`: in every organization, for users of the operator's. Empty: ROLE_REQUIRED, which names the roles that may. Applications
have roles of their own, each within the application's organization, wherever it is: an application of the operator's sees no more than another.

What an RPC asks beyond the role:

- CreateUser, UpdateUser, DeleteUser: who is no GLOBAL_ADMIN neither gives nor takes GLOBAL_ADMIN, ADMIN_AGENT, REVIEWER or OPERATOR, and so
  neither disables nor deletes who holds one. Nobody takes the last GLOBAL_ADMIN away. REVIEWER and OPERATOR exist in the operator's
  organization alone. A GLOBAL_ADMIN can always give himself ADMIN_AGENT.
- ProveDomain: for an OPERATOR nothing is looked up.
- UpdateDomain: an OPERATOR takes the choice of an issuer back, and makes none.
- DeclineInvitation: anyone by the link; by the name, a GLOBAL_ADMIN of the invited organization.
- SuspendResellerRelationship, ResumeResellerRelationship, EndResellerRelationship: its partner or its customer; the other partner of a
  joint pair only sees it. What one party suspended, that party alone resumes, or an OPERATOR.
";

fn table(policies: &[(&str, Policy, Applications)]) -> String {
    let names = ROLES.map(role_name).join(" | ");
    let mut page =
        format!("{HEAD}\n| RPC | {names} | applications | others |\n|---|{}\n", "---|".repeat(ROLES.len() + 2));
    for (title, policy, applications) in policies {
        let empty = " |".repeat(ROLES.len() + 2);
        writeln!(page, "| **{title}** |{empty}").expect("text grows");
        for (path, rule) in *policy {
            let cells = ROLES.map(|role| cell(*rule, role)).join(" | ");
            let machines = machines(applications, path);
            writeln!(page, "| {} | {cells} | {machines} | {} |", short(path), others(*rule)).expect("text grows");
        }
    }
    page
}

/// `UserService/GetSelf`.
fn short(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, name)| name)
}

fn cell(rule: Rule, role: Role) -> &'static str {
    let holds = |roles: &[Role]| roles.is_empty() || roles.contains(&role);
    match rule {
        Rule::Operator(roles) | Rule::MemberOrOperator(_, roles) if holds(roles) => "all",
        Rule::Member(roles) | Rule::MemberOrOperator(roles, _) if holds(roles) => "own",
        Rule::Public | Rule::Person | Rule::Simulation => "own",
        _ => "",
    }
}

/// The roles by which applications may call it.
fn machines(applications: Applications, path: &str) -> String {
    let roles = applications.iter().filter(|(_, methods)| methods.contains(&path)).map(|(role, _)| role_name(*role));
    roles.collect::<Vec<_>>().join(", ")
}

fn others(rule: Rule) -> String {
    match rule {
        Rule::Public => "anyone".to_owned(),
        Rule::Person => "people without organization".to_owned(),
        Rule::Peer(services) => services.iter().map(|service| service.as_str()).collect::<Vec<_>>().join(", "),
        Rule::Simulation => "anyone on loopback, in a simulation".to_owned(),
        Rule::Member(_) | Rule::Operator(_) | Rule::MemberOrOperator(..) => String::new(),
    }
}

#[test]
fn r11_the_page_of_roles_is_what_the_policies_say() {
    let policies = [
        ("enrollment", enrollment::Enrollment::POLICY, enrollment::Enrollment::APPLICATIONS),
        ("verification", verification::Verification::POLICY, verification::Verification::APPLICATIONS),
        ("relationship", relationship::Relationship::POLICY, relationship::Relationship::APPLICATIONS),
        ("notification", notification::Notification::POLICY, notification::Notification::APPLICATIONS),
        ("every service", RUNTIME_POLICY, RUNTIME_APPLICATIONS),
    ];
    let page = table(&policies);
    let kept = sources::find(PAGE).map(|source| source.text.as_str()).unwrap_or_default();
    if kept != page {
        let printed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("roles.md");
        fs::write(&printed, &page).expect("the page is written");
        panic!("{PAGE} is not what the policies say: {} is; copy it there", printed.display());
    }
}

#[test]
fn a_cell_is_what_the_guard_decides() {
    const ADMIN: &[Role] = &[Role::GlobalAdmin];
    const OPERATOR: &[Role] = &[Role::Operator];
    let row = |rule| ROLES.map(|role| cell(rule, role)).join(",");
    assert_eq!(row(Rule::Member(ADMIN)), "own,,,,,,,");
    assert_eq!(row(Rule::Member(&[])), "own,own,own,own,own,own,own,own");
    assert_eq!(row(Rule::Operator(OPERATOR)), ",,,,,,,all");
    assert_eq!(row(Rule::MemberOrOperator(ADMIN, OPERATOR)), "own,,,,,,,all");
    assert_eq!(row(Rule::MemberOrOperator(&[], OPERATOR)), "own,own,own,own,own,own,own,all");
    assert_eq!(row(Rule::Peer(&[])), ",,,,,,,");
    assert_eq!(short("/linkage.enrollment.v1.UserService/GetSelf"), "UserService/GetSelf");
}
