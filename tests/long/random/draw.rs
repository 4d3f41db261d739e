//! How a next step is drawn: mostly what leads on from where the world stands, sometimes anything at all.

use proptest::prelude::*;
use proptest::sample::select;

use super::lead;
use super::oracle::Verdict;
use super::step::{Change, Consents, Etag, Form, Review, Reviewer, Step, Text};
use super::world::{AUTHORITY, CAST, Capacity, DOMAIN, Role, Status, Who, World};

const ROLES: [Role; 5] = [Role::GlobalAdmin, Role::AdminAgent, Role::SalesAgent, Role::HelpdeskAgent, Role::UserAdmin];

fn capacity() -> impl Strategy<Value = Capacity> {
    select(&[Capacity::Provider, Capacity::Reseller][..])
}

fn organization() -> impl Strategy<Value = usize> {
    // The four that have most to do with each other come first.
    prop_oneof![4 => select(&[0usize, 2, 4][..]), 2 => 0..CAST.len()]
}

/// Mostly its founder; the second person mostly where there is one; now and then a stranger.
fn who(world: &World) -> impl Fn(usize) -> BoxedStrategy<Who> + Clone + use<> {
    let seconds: Vec<u32> = world.cast.iter().map(|one| if one.users[1].is_some() { 6 } else { 1 }).collect();
    move |at| {
        prop_oneof![
            12 => Just(Who::Founder(at)),
            seconds[at] => Just(Who::Second(at)),
            1 => (0..CAST.len()).prop_map(Who::Founder),
        ]
        .boxed()
    }
}

fn etag() -> impl Strategy<Value = Etag> {
    prop_oneof![3 => Just(Etag::Absent), 3 => Just(Etag::Present), 1 => Just(Etag::Stale)]
}

/// What comes next.
pub(super) fn next(world: &World) -> BoxedStrategy<Step> {
    let (mut useful, mut tempting): (Vec<Step>, Vec<Step>) =
        lead::useful(world).into_iter().partition(|step| world.clone().take(*step) == Verdict::Done);
    // What leads on but is refused now is worth a try too: in another region, say, or before its time.
    if useful.is_empty() {
        useful.push(Step::Ask { trio: [0, 2, 4], by: Who::Founder(0) });
    }
    // One line is gone all the way more often than many are begun; once something stands, it is shaken.
    let first = useful[..useful.len().min(2)].to_vec();
    let (shaken, time) = match (world.partnerships.is_empty(), world.relationships.is_empty()) {
        (true, _) => (14, 2),
        (false, true) => (40, 3),
        (false, false) => (130, 8),
    };
    if tempting.is_empty() {
        tempting.clone_from(&first);
    }
    let turns = time * u32::from(world.turn < world.plan.turns.len());
    prop_oneof![
        80 => select(first),
        14 => select(useful),
        12 => select(tempting),
        shaken => anything(world),
        3 * u32::from(world.repeatable) => any::<bool>().prop_map(|same| Step::Again { same }),
        turns => Just(Step::Turn),
    ]
    .boxed()
}

/// Any step on anything there is, sensible or not.
fn anything(world: &World) -> BoxedStrategy<Step> {
    let founded: Vec<usize> = (0..CAST.len()).filter(|of| world.cast[*of].founded).collect();
    if founded.is_empty() {
        return organization().prop_map(Step::Found).boxed();
    }
    let of = || select(founded.clone());
    let who = who(world);
    let with = |of: BoxedStrategy<usize>| {
        let who = who.clone();
        of.prop_flat_map(move |of| (Just(of), who(of)))
    };
    let pair = || with(of().boxed());
    let mut found = vec![
        (1, organization().prop_map(Step::Found).boxed()),
        (4, (pair(), form()).prop_map(|((of, by), form)| Step::Legal(of, by, form)).boxed()),
        (1, pair().prop_map(|(of, by)| Step::Support(of, by)).boxed()),
        (2, (pair(), capacity()).prop_map(|((of, by), capacity)| Step::Draft(of, capacity, by)).boxed()),
        (
            2,
            (pair(), capacity(), any::<bool>())
                .prop_map(|((of, by), capacity, right)| {
                    Step::Preapprove(of, capacity, if right { Who::Operator } else { by })
                })
                .boxed(),
        ),
        (
            4,
            (pair(), capacity(), etag(), prop::bool::weighted(0.2))
                .prop_map(|((of, by), capacity, etag, dry)| Step::Submit { of, capacity, by, etag, dry })
                .boxed(),
        ),
        (2, (of(), any::<bool>()).prop_map(|(of, home)| Step::Locate { of, home }).boxed()),
        (
            3,
            (of(), any::<bool>(), prop::bool::weighted(0.8))
                .prop_map(|(of, approver, yes)| Step::Answer { of, approver, yes })
                .boxed(),
        ),
        (6, review(of().boxed())),
        (
            3,
            (pair(), of(), any::<bool>())
                .prop_map(|((_, by), target, ask)| Step::InvitePartner { by, target, ask })
                .boxed(),
        ),
        (2, ask(of().prop_flat_map(who.clone()).boxed())),
    ];
    found.extend(within(&pair().boxed()));
    found.extend(relations(world, &of().boxed()));
    proptest::strategy::Union::new_weighted(found).boxed()
}

/// What an organization does with its own location, agreement and users.
fn within(pair: &BoxedStrategy<(usize, Who)>) -> Vec<(u32, BoxedStrategy<Step>)> {
    let pair = || pair.clone();
    vec![
        (
            5,
            (pair(), 0..3usize, any::<bool>())
                .prop_map(|((of, by), location, right)| Step::Associate { of, location, by, right })
                .boxed(),
        ),
        (
            5,
            (pair(), capacity(), select(&[Text::Newest, Text::Older, Text::OtherHash, Text::OtherCapacity][..]))
                .prop_map(|((of, by), capacity, text)| Step::Sign { of, capacity, by, text })
                .boxed(),
        ),
        (3, (pair(), select(&ROLES[..])).prop_map(|((of, by), role)| Step::TakeOn { of, by, role }).boxed()),
        (
            3,
            (pair(), any::<bool>(), change())
                .prop_map(|((of, by), second, to)| Step::ChangeUser { of, second, by, to })
                .boxed(),
        ),
    ]
}

fn relations(world: &World, of: &BoxedStrategy<usize>) -> Vec<(u32, BoxedStrategy<Step>)> {
    let who = who(world);
    let anybody = || of.clone().prop_flat_map(who.clone());
    // Mostly those whom it is about.
    let party =
        |parties: Vec<usize>| prop_oneof![4 => select(parties).prop_flat_map(who.clone()), 1 => anybody()].boxed();
    let through = if world.partnerships.is_empty() {
        Just(None).boxed()
    } else {
        prop::option::of(0..world.partnerships.len()).boxed()
    };
    let mut found = vec![(
        4,
        (anybody(), of.clone(), through, any::<bool>())
            .prop_map(|(by, target, through, ask)| Step::InviteCustomer { by, through, target, ask })
            .boxed(),
    )];
    for (invitation, one) in world.invitations.iter().enumerate() {
        let consents = select(&[Consents::All, Consents::Required, Consents::Nothing][..]);
        let parts =
            (party(vec![one.target, one.sender]), prop::bool::weighted(0.7), consents, prop::bool::weighted(0.9));
        let accept =
            parts.prop_map(move |(by, link, consents, shown)| Step::Accept { invitation, by, link, consents, shown });
        found.push((5, accept.boxed()));
    }
    for (partnership, one) in world.partnerships.iter().enumerate() {
        let parties = || party(vec![one.provider, one.reseller]);
        let orders = (parties(), any::<bool>(), etag());
        let orders = orders.prop_map(move |(by, allowed, etag)| Step::AllowOrders { partnership, by, allowed, etag });
        found.push((12, orders.boxed()));
        let end = (parties(), prop::bool::weighted(0.7), etag(), prop::bool::weighted(0.3));
        let end = end.prop_map(move |(by, cascade, etag, dry)| Step::End { partnership, by, cascade, etag, dry });
        found.push((14, end.boxed()));
        let ask = (parties(), 4..CAST.len());
        let trio = [one.provider, one.reseller];
        let ask = ask.prop_map(move |(by, customer)| Step::Ask { trio: [trio[0], trio[1], customer], by });
        found.push((10, ask.boxed()));
    }
    for (grant, one) in world.grants.iter().enumerate() {
        let revoke = (party(vec![one.grantor, one.grantee]), etag());
        found.push((6, revoke.prop_map(move |(by, etag)| Step::Revoke { grant, by, etag }).boxed()));
    }
    found
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        3 => any::<bool>().prop_map(Form::Whole),
        4 => select(&[Form::NameOnly, Form::Webmail, Form::RoleAddress, Form::AnotherCountry, Form::Stale][..]),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![3 => select(&ROLES[..]).prop_map(Change::Roles), 1 => Just(Change::Disable), 2 => Just(Change::Enable)]
}

fn ask(by: BoxedStrategy<Who>) -> BoxedStrategy<Step> {
    let trio = (0..2usize, 2..4usize, 4..CAST.len());
    (trio, by)
        .prop_map(|((provider, reseller, customer), by)| Step::Ask { trio: [provider, reseller, customer], by })
        .boxed()
}

fn review(of: BoxedStrategy<usize>) -> BoxedStrategy<Step> {
    let verdict = prop_oneof![4 => Just(Status::Passed), 1 => Just(Status::Failed), 2 => Just(Status::Waived)];
    let act = prop_oneof![
        2 => Just(Review::Claim),
        4 => (select(&[DOMAIN, 2, AUTHORITY, 4][..]), verdict).prop_map(|(check, verdict)| Review::Judge(check, verdict)),
        2 => Just(Review::Approve),
    ];
    (of, prop_oneof![8 => (0..2usize).prop_map(Some), 1 => Just(None)], act, etag())
        .prop_map(|(of, staff, act, etag)| {
            let by = staff.map_or(Reviewer::Other(Who::Founder(of)), Reviewer::Staff);
            // A decision names the version it is about; a claim may.
            let etag = if act != Review::Claim && etag == Etag::Absent { Etag::Present } else { etag };
            Step::Review { of, by, act, etag }
        })
        .boxed()
}
