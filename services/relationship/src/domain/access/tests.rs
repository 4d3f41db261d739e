use chrono::TimeDelta;

use super::*;
use crate::domain::grids::grant;

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

fn agent(role: &str) -> Agent {
    Agent::of(&[role.to_owned()])
}

#[test]
fn r42_an_admin_agent_holds_all_and_a_help_desk_agent_its_part() {
    let grants = [grant(State::Active)];
    let all = judge(agent("ADMIN_AGENT"), &grants, at(9));
    assert_eq!(all.roles, ["directory-reader", "directory-writer"]);
    assert_eq!(all.until, Some(at(10)));
    assert_eq!(all.explanation, "");
    assert_eq!(judge(agent("HELPDESK_AGENT"), &grants, at(9)).roles, ["directory-reader"]);
    let none = judge(agent("GLOBAL_ADMIN"), &grants, at(9));
    assert!(none.roles.is_empty() && none.until.is_none() && !none.explanation.is_empty());
}

#[test]
fn r42_only_live_grants_count_and_the_last_end_is_told() {
    let admin = agent("ADMIN_AGENT");
    assert!(judge(admin, &[], at(9)).roles.is_empty());
    assert!(judge(admin, &[grant(State::Revoked)], at(9)).roles.is_empty());
    assert!(judge(admin, &[grant(State::Active)], at(10)).roles.is_empty(), "time alone ends it");
    let longer = AdminGrant { expire_time: at(20), ..grant(State::Active) };
    let both = judge(admin, &[grant(State::Active), longer], at(9));
    assert_eq!((both.roles.len(), both.until), (2, Some(at(20))));
}
