mod applications;
mod hostile;
mod inner;

use std::collections::BTreeMap;

use database::Scope;
use http::header::AUTHORIZATION;
use tonic::Code;
use tonic::transport::server::TcpConnectInfo;
use uuid::Uuid;

use super::*;
use crate::access::AccessKeys;
use crate::access::Rights;
use crate::keys::Keys;
use crate::peers::Peers;
use crate::token::{SERVICE, ServiceTokens};
use crate::{
    AccessClaims, AccessSigner, Applications, Membership, Person, Policy, Role, ServiceName, SigningKey, User,
};

const POLICY: Policy = &[
    ("/linkage.enrollment.v1.UserService/GetSelf", Rule::Person),
    ("/linkage.enrollment.v1.SessionService/CreateSession", Rule::Public),
    ("/linkage.enrollment.v1.EnrollmentPeerService/ReadOrganization", Rule::Peer(&[ServiceName::Relationship])),
    ("/linkage.enrollment.v1.UserService/GetUser", Rule::Member(&[])),
];
const SELF: &str = POLICY[0].0;
const SESSION: &str = POLICY[1].0;
const PEER: &str = POLICY[2].0;
const LIST: &str = POLICY[3].0;
const EVENTS: &str = RUNTIME_POLICY[0].0;
const APPLICATIONS: Applications = &[(Role::OrderCheck, &[SELF, LIST]), (Role::PartnerRead, &[SELF])];
const CLOCK: &str = "/linkage.simulation.v1.ClockService/GetClock";
const LOOPBACK: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
const ELSEWHERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));

struct Door {
    gate: Gate,
    rights: Rights,
    signer: AccessSigner,
    siblings: BTreeMap<ServiceName, SigningKey>,
}

/// The door of enrollment, with two public calls allowed at once.
fn door(simulation: bool) -> Door {
    let siblings: BTreeMap<_, _> =
        ServiceName::ALL.into_iter().map(|name| (name, SigningKey::generate().unwrap())).collect();
    let own = siblings[&ServiceName::Enrollment].clone();
    let services = siblings.iter().map(|(name, key)| (*name, vec![key.public().clone()])).collect();
    let signer = AccessSigner::new(SigningKey::generate().unwrap());
    let keys = Keys { own: own.clone(), services, access: Some(signer.clone()) };
    let peers = Peers::new(own, ServiceName::Enrollment, BTreeMap::new(), None).unwrap();
    let rights = Rights::default();
    let access = Arc::new(AccessKeys::new(&keys, &peers));
    let limits = Limits { per_second: 1.try_into().unwrap(), burst: 2.try_into().unwrap(), ..Limits::default() };
    let gate = Gate {
        rules: Rules::new(ServiceName::Enrollment, POLICY, APPLICATIONS),
        credentials: Credentials::new(ServiceName::Enrollment, &keys, access, rights.clone(), Limits::default()),
        limiter: Limiter::new(limits, &[]),
        simulation,
    };
    Door { gate, rights, signer, siblings }
}

impl Door {
    async fn knock(&self, method: &str, authorization: &[&str], source: Option<IpAddr>) -> Result<Identity, String> {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        headers.insert("x-user", "users/1".parse().unwrap());
        let admitted = self.gate.admit(method, &headers, source).await;
        admitted.map(|caller| caller.unwrap().identity).map_err(|fault| fault.reason().to_owned())
    }

    fn token(&self, version: i64) -> String {
        format!("Bearer {}", self.signer.sign(&claims(version)).unwrap().0)
    }
}

fn claims(version: i64) -> AccessClaims {
    let Identity::User(user) = member(&[Role::SalesAgent], false) else { unreachable!() };
    AccessClaims {
        person: user.person,
        email: user.email,
        display_name: user.display_name,
        member: Some(Membership {
            user: user.user,
            organization: user.organization,
            roles: user.roles,
            operator: user.operator,
            version,
        }),
    }
}

fn member(roles: &[Role], operator: bool) -> Identity {
    Identity::User(User {
        person: ids::Id::from_uuid(Uuid::from_u128(1)),
        user: ids::Id::from_uuid(Uuid::from_u128(2)),
        organization: ids::Id::from_uuid(Uuid::from_u128(3)),
        email: "ada@example.com".to_owned(),
        display_name: String::new(),
        roles: roles.to_vec(),
        operator,
    })
}

fn person() -> Identity {
    let person = ids::Id::from_uuid(Uuid::from_u128(1));
    Identity::Person(Person { person, email: "ada@example.com".to_owned(), display_name: String::new() })
}

#[test]
fn each_rule_lets_in_whom_it_names() {
    let callers = [
        ("anonymous", Identity::Anonymous),
        ("person", person()),
        ("none", member(&[], false)),
        ("sales", member(&[Role::SalesAgent], false)),
        ("admin", member(&[Role::GlobalAdmin], false)),
        ("reviewer, not operator's", member(&[Role::Reviewer], false)),
        ("operator's admin", member(&[Role::GlobalAdmin], true)),
        ("operator's reviewer", member(&[Role::Reviewer], true)),
        ("enrollment", Identity::Service(ServiceName::Enrollment)),
        ("notification", Identity::Service(ServiceName::Notification)),
    ];
    // One letter per caller above. Let in, and reaches: o = its own organization's rows, a = all, p = a sibling's, y = nobody's;
    // n = refused, s = must sign in.
    let table = [
        (Rule::Public, "yyoooooopp"),
        (Rule::Simulation, "yyoooooopp"),
        (Rule::Person, "syoooooonn"),
        (Rule::Member(&[]), "snoooooonn"),
        (Rule::Member(&[Role::GlobalAdmin, Role::SalesAgent]), "snnoononnn"),
        (Rule::Operator(&[]), "snnnnnaann"),
        (Rule::Operator(&[Role::Reviewer]), "snnnnnnann"),
        (Rule::MemberOrOperator(&[Role::GlobalAdmin], &[Role::Reviewer]), "snnnonoann"),
        (Rule::MemberOrOperator(&[], &[Role::Reviewer]), "snoooooann"),
        (Rule::Peer(&[ServiceName::Enrollment]), "snnnnnnnpn"),
        (Rule::Peer(&[]), "snnnnnnnnn"),
    ];
    for (rule, expected) in table {
        let found: String = callers.iter().map(|(_, identity)| letter(&decide(rule, identity))).collect();
        assert_eq!(found, expected, "{rule:?} of {:?}", callers.each_ref().map(|(name, _)| *name));
        for ((name, identity), letter) in callers.iter().zip(expected.chars()) {
            let reached = [3, 4].map(|one| reaches(rule, identity, ids::Id::from_uuid(Uuid::from_u128(one))));
            assert_eq!(reached, ["oap".contains(letter), "ap".contains(letter)], "{rule:?} of {name}");
        }
    }
}

fn letter(decision: &Result<Option<Scope>, Fault>) -> char {
    match decision {
        Ok(None) => 'y',
        Ok(Some(Scope::Organization(own))) if *own == ids::Id::from_uuid(Uuid::from_u128(3)) => 'o',
        Ok(Some(Scope::Operator)) => 'a',
        Ok(Some(Scope::Peer)) => 'p',
        Ok(Some(_)) => '?',
        Err(fault) if (fault.code(), fault.reason()) == (Code::Unauthenticated, "CREDENTIAL_MISSING") => 's',
        Err(fault) if (fault.code(), fault.reason()) == (Code::PermissionDenied, "ROLE_REQUIRED") => 'n',
        Err(_) => '?',
    }
}

#[test]
fn what_has_no_row_is_refused() {
    let rules = Rules::new(ServiceName::Enrollment, POLICY, APPLICATIONS);
    let refusal = |method: &str| rules.of(method).unwrap_err().reason();
    assert_eq!(refusal("/linkage.enrollment.v1.UserService/ListUsers"), "ROLE_REQUIRED");
    assert_eq!(refusal("/linkage.enrollment.v1.UserService/Nothing"), "METHOD_UNKNOWN");
    assert_eq!(refusal("/linkage.verification.v1.VettingService/GetVettingCase"), "METHOD_UNKNOWN");
    assert_eq!(refusal("/linkage.access.v1.AccessPeerService/RecordAccessChange"), "METHOD_UNKNOWN");
    for odd in
        ["", "/", "*", "/linkage.enrollment.v1.UserService/GetSelf/", "//linkage.enrollment.v1.UserService/GetSelf"]
    {
        assert_eq!(refusal(odd), "METHOD_UNKNOWN", "{odd}");
    }
    assert_eq!(rules.of(SELF).unwrap(), Some(Rule::Person));
    assert_eq!(rules.of("/grpc.health.v1.Health/Check").unwrap(), None);
}

#[tokio::test]
async fn reflection_is_limited_like_what_is_public_and_health_is_not() {
    const HEALTH: &str = "/grpc.health.v1.Health/Check";
    const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let gate = door(false).gate;
    let ask = async |method: &str| {
        let admitted = gate.admit(method, &HeaderMap::new(), ELSEWHERE).await;
        admitted.map(drop).map_err(|fault| fault.reason())
    };
    let asked = [ask(REFLECTION).await, ask(REFLECTION).await, ask(REFLECTION).await, ask(HEALTH).await];
    assert_eq!(asked, [Ok(()), Ok(()), Err("RATE_LIMITED"), Ok(())]);
}

#[test]
fn every_row_of_the_runtime_is_a_method() {
    for (method, rule) in RUNTIME_POLICY {
        let served = [ServiceName::Enrollment, ServiceName::Relationship]
            .map(|name| Rules::new(name, &[], &[]).of(method).ok().flatten());
        assert!(served.contains(&Some(*rule)), "{method}");
        let (rowless, _) = method.rsplit_once('/').unwrap();
        assert!(wire::METHODS.contains(method), "{method}");
        assert!(Rules::new(ServiceName::Relationship, &[], &[]).of(rowless).is_err());
    }
}

#[test]
fn enrollment_alone_gives_keys_and_all_others_are_told_of_rights() {
    for name in ServiceName::ALL {
        let serves = |method| Rules::new(name, &[], &[]).of(method).is_ok();
        let gives = name == ServiceName::Enrollment;
        assert_eq!(serves("/linkage.access.v1.KeyService/GetSigningKeys"), gives, "{name}");
        assert_eq!(serves("/linkage.access.v1.AccessPeerService/RecordAccessChange"), !gives, "{name}");
    }
}

#[tokio::test]
async fn a_credential_counts_whole_or_not_at_all() {
    let door = door(false);
    let good = door.token(1);
    let bare = good.strip_prefix("Bearer ").unwrap();
    let identity = claims(1).identity();
    assert_eq!(door.knock(SELF, &[&good], ELSEWHERE).await, Ok(identity.clone()));
    assert_eq!(door.knock(SELF, &[&format!("bearer {bare}")], None).await, Ok(identity.clone()));
    assert_eq!(door.knock(SESSION, &[&good], ELSEWHERE).await, Ok(identity));
    assert_eq!(door.knock(SELF, &[], ELSEWHERE).await, Err("CREDENTIAL_MISSING".to_owned()));
    assert_eq!(door.knock(SESSION, &[], ELSEWHERE).await, Ok(Identity::Anonymous));

    let stranger = AccessSigner::new(SigningKey::generate().unwrap()).sign(&claims(1)).unwrap().0;
    let odd = door.siblings[&ServiceName::Enrollment].sign_jwt("JWT", &()).unwrap();
    let void = ["Bearer", "Bearer ", "Bearer x.y.z", bare, &format!("Basic {bare}"), &format!("Bearer {good}"), ""];
    let void = void.into_iter().map(str::to_owned).chain([stranger, odd].map(|token| format!("Bearer {token}")));
    for credential in void {
        for method in [SELF, SESSION, PEER] {
            let answer = door.knock(method, &[&credential], ELSEWHERE).await;
            assert_eq!(answer, Err("CREDENTIAL_INVALID".to_owned()), "{method} {credential}");
        }
    }
    assert_eq!(door.knock(SELF, &[&good, &good], ELSEWHERE).await, Err("CREDENTIAL_INVALID".to_owned()));
}

#[tokio::test]
async fn rights_taken_away_void_the_token_at_the_next_call() {
    let door = door(false);
    let (old, new) = (door.token(4), door.token(5));
    assert!(door.knock(SELF, &[&old], None).await.is_ok());
    let mut access = database::access::Access {
        holder: Uuid::from_u128(2),
        organization: Uuid::from_u128(3),
        roles: Vec::new(),
        lowest_version: 5,
        disabled: false,
        received_at: chrono::DateTime::UNIX_EPOCH,
    };
    door.rights.replace(vec![access.clone()]);
    assert_eq!(door.knock(SELF, &[&old], None).await, Err("CREDENTIAL_INVALID".to_owned()));
    assert!(door.knock(SELF, &[&new], None).await.is_ok());
    access.disabled = true;
    door.rights.replace(vec![access]);
    assert_eq!(door.knock(SELF, &[&new], None).await, Err("CREDENTIAL_INVALID".to_owned()));
}

#[tokio::test]
async fn a_sibling_is_believed_by_its_own_key_for_this_service_alone() {
    use ServiceName::{Enrollment, Notification, Relationship, Verification};
    let door = door(false);
    let bearer = |name, key: ServiceName, to| {
        format!("Bearer {}", ServiceTokens::new(name, door.siblings[&key].clone()).token_for(to).unwrap())
    };
    let right = bearer(Relationship, Relationship, Enrollment);
    assert_eq!(door.knock(PEER, &[&right], None).await, Ok(Identity::Service(Relationship)));
    let answers = [
        (bearer(Notification, Notification, Enrollment), "ROLE_REQUIRED"),
        (bearer(Relationship, Relationship, Verification), "CREDENTIAL_INVALID"),
        (bearer(Relationship, Notification, Enrollment), "CREDENTIAL_INVALID"),
        (door.token(1), "ROLE_REQUIRED"),
    ];
    for (credential, reason) in answers {
        assert_eq!(door.knock(PEER, &[&credential], None).await, Err(reason.to_owned()), "{credential}");
    }
    assert_eq!(door.knock(SELF, &[&right], None).await, Err("ROLE_REQUIRED".to_owned()));

    // The key that signs access tokens is no service's key, and a service's key signs no access tokens.
    let crossed = AccessSigner::new(door.siblings[&Relationship].clone()).sign(&claims(1)).unwrap().0;
    let answer = door.knock(SELF, &[&format!("Bearer {crossed}")], None).await;
    assert_eq!(answer, Err("CREDENTIAL_INVALID".to_owned()));
    let relabelled = door.siblings[&Relationship].sign_jwt(SERVICE, &()).unwrap();
    assert!(door.knock(PEER, &[&format!("Bearer {relabelled}")], None).await.is_err());
}

#[tokio::test]
async fn public_calls_are_limited_by_source() {
    let door = door(false);
    let token = door.token(1);
    // More than is allowed at once, and far more than is allowed while they are made.
    let limited = async |method: &str, source: fn(u16) -> IpAddr| {
        let mut limited = false;
        for turn in 0..60 {
            // A token does not lift the limit of a public method.
            let credential: &[&str] = if turn % 2 == 0 || method == SELF { &[&token] } else { &[] };
            let answer = door.knock(method, credential, Some(source(turn))).await;
            limited |= answer == Err("RATE_LIMITED".to_owned());
        }
        limited
    };
    assert!(limited(SESSION, |_| IpAddr::from([192, 0, 2, 1])).await);
    assert!(
        limited(SESSION, |turn| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, turn])).await,
        "one network is one source"
    );
    assert!(!limited(SESSION, |turn| IpAddr::from([0x2001, 0xdb8, 1, turn, 0, 0, 0, 1])).await);
    assert!(!limited(SELF, |_| IpAddr::from([192, 0, 2, 2])).await, "only public methods count");
}

#[tokio::test]
async fn who_is_limited_learns_when_to_come_back() {
    let door = door(false);
    let fault = (0..60).find_map(|_| door.gate.limiter.admit(ELSEWHERE).err()).unwrap();
    let details = tonic_types::StatusExt::get_error_details(&fault.into_status());
    assert!(details.retry_info().is_some_and(|retry| retry.retry_delay.is_some()));
}

#[tokio::test]
async fn the_clock_is_moved_from_loopback_in_a_simulation_alone() {
    let unknown = Err("METHOD_UNKNOWN".to_owned());
    assert_eq!(door(true).knock(CLOCK, &[], LOOPBACK).await, Ok(Identity::Anonymous));
    assert_eq!(door(true).knock(CLOCK, &[], ELSEWHERE).await, unknown);
    assert_eq!(door(true).knock(CLOCK, &[], None).await, unknown);
    assert_eq!(door(false).knock(CLOCK, &[], LOOPBACK).await, unknown);
}

#[test]
fn only_a_trace_is_taken_as_one() {
    let taken =
        |text: &str| trace_parent(&HeaderMap::from_iter([("traceparent".parse().unwrap(), text.parse().unwrap())]));
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assert_eq!(taken(trace).as_deref(), Some(trace));
    for other in
        ["", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", &trace.to_uppercase(), &format!("{trace}-1")]
    {
        assert_eq!(taken(other), None, "{other}");
    }
}

#[tokio::test]
async fn no_handler_sees_a_call_that_the_guard_refuses() {
    let door = door(false);
    let token = door.token(1);
    let handler = tower::service_fn(async |request: Request<Body>| {
        let caller = request.extensions().get::<Caller>().cloned();
        let mut response = Response::new(Body::default());
        response.extensions_mut().insert(caller.map(|caller| (caller.method, caller.source)));
        Ok::<_, std::convert::Infallible>(response)
    });
    let guarded = tower::Layer::layer(&Guard(Arc::new(door.gate)), handler);
    let call = async |method: &str, authorization: &str| {
        let mut request = Request::builder().uri(method);
        if !authorization.is_empty() {
            request = request.header(AUTHORIZATION, authorization);
        }
        let mapped = "[::ffff:192.0.2.1]:50000".parse().unwrap();
        let info = TcpConnectInfo { local_addr: None, remote_addr: Some(mapped) };
        let request = request.extension(info).body(Body::default()).unwrap();
        let response = tower::ServiceExt::oneshot(guarded.clone(), request).await.unwrap();
        let status = tonic::Status::from_header_map(response.headers()).map(|status| status.code());
        (status, response.extensions().get::<Option<(String, Option<IpAddr>)>>().cloned())
    };
    assert_eq!(call(SELF, &token).await, (None, Some(Some((SELF.to_owned(), ELSEWHERE)))));
    assert_eq!(call(SELF, "").await, (Some(Code::Unauthenticated), None));
    assert_eq!(call("/x.Y/Z", &token).await, (Some(Code::Unimplemented), None));
    assert_eq!(call("/grpc.health.v1.Health/Check", "").await, (None, Some(None)));
}
