//! The order check against an oracle of the tests' own, over every combination of facts, through the batch call.

mod case;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use runtime::Role;
use testkit::{TestDatabase, on_every_database};
use wire::relationship as pb;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;

use crate::stage::{OVERSEAS, Stage, organization};
use case::{ALL, Case, MUTANTS, Places, reasons};
use world::{customer, provider, reseller};

/// As many are asked at once.
const BATCH: usize = 100;
const AT_ONCE: usize = 4;
/// Of so many one is asked alone too, which is read on a way of its own.
const ALONE: usize = 10;
/// Of the short form: has no divisor in common with the number of any fact's values, so that each pair of facts is met in each way.
const STRIDE: usize = 17;

type Told = BTreeSet<(String, char)>;

/// What the service answers of each of these combinations.
async fn answers(stage: &Stage, numbers: &[usize]) -> Vec<(usize, Told)> {
    let ask = |some: Vec<usize>| async move {
        let requests: Vec<_> = some.iter().map(|n| question(Case::of(*n).1)).collect();
        let all = pb::BatchCheckOrderEligibilityRequest { requests: requests.clone() };
        let all = stage.with(OVERSEAS, &[Role::Operator], all);
        let mut client = OrderEligibilityServiceClient::new(stage.channel());
        let results = client.batch_check_order_eligibility(all).await.unwrap().into_inner().results;
        assert_eq!(results.len(), some.len());
        for (one, among_all) in requests.into_iter().zip(&results).skip(some[0] % ALONE).step_by(ALONE) {
            let one = stage.with(OVERSEAS, &[Role::Operator], one);
            let alone = client.check_order_eligibility(one).await.unwrap().into_inner();
            assert_eq!(timeless(alone), timeless(among_all.clone()), "asked alone");
        }
        some.into_iter().zip(results).map(|(n, result)| (n, told(&result, Case::of(n).1))).collect::<Vec<_>>()
    };
    // What is known grows old: it is told again from time to time.
    let mut all = Vec::with_capacity(numbers.len());
    for part in numbers.chunks(BATCH * 200) {
        stage.tell_all_known().await;
        let batches: Vec<_> = part.chunks(BATCH).map(<[usize]>::to_vec).collect();
        let found: Vec<Vec<_>> = stream::iter(batches).map(ask).buffered(AT_ONCE).collect().await;
        all.extend(found.into_iter().flatten());
    }
    all
}

/// An answer without what depends on when it was given.
fn timeless(mut answer: pb::OrderEligibility) -> pb::OrderEligibility {
    answer.evaluate_time = None;
    answer.facts.iter_mut().for_each(|fact| fact.age = None);
    answer
}

fn question(at: Places) -> pb::CheckOrderEligibilityRequest {
    pb::CheckOrderEligibilityRequest {
        provider: organization(provider(at.provider)).name(),
        partner_of_record: organization(reseller(at.reseller)).name(),
        customer: organization(customer(at.customer)).name(),
        action: pb::OrderAction::PlaceOrder as i32,
        fresh: false,
    }
}

fn told(result: &pb::OrderEligibility, at: Places) -> Told {
    let parties = BTreeMap::from([
        (organization(provider(at.provider)).name(), 'P'),
        (organization(reseller(at.reseller)).name(), 'R'),
        (organization(customer(at.customer)).name(), 'C'),
    ]);
    let name =
        |why: &pb::Ineligibility| why.reason().as_str_name().trim_start_matches("INELIGIBILITY_REASON_").to_owned();
    let found: Told = result.reasons.iter().map(|why| (name(why), parties[&why.organization])).collect();
    assert_eq!(
        (found.len(), result.eligible),
        (result.reasons.len(), found.is_empty()),
        "each is told once: {result:?}"
    );
    assert!(
        result.reasons.iter().all(|why| !why.remedy.is_empty() && why.actor != 0),
        "each with its remedy: {result:?}"
    );
    found
}

/// In how many the answer is not what the oracle says of the case as it is told to it.
fn differences(answers: &[(usize, Told)], change: fn(&mut Case)) -> Vec<String> {
    let wrong = answers.iter().filter_map(|(n, told)| {
        let mut case = Case::of(*n).0;
        change(&mut case);
        let expected: Told = reasons(&case).into_iter().map(|(reason, who)| (reason.to_owned(), who)).collect();
        (expected != *told).then(|| format!("{case:?}: {expected:?} expected, {told:?} told"))
    });
    wrong.collect()
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
async fn compare(database: TestDatabase, stride: usize) {
    let name = database.name;
    let stage = Stage::ready(database).await;
    stage.every_combination().await;
    // Those that are one fact away from an order at most are all among them.
    let near = |n: &usize| reasons(&Case::of(*n).0).len() <= 1;
    let numbers: Vec<usize> = (0..ALL).filter(|n| n.is_multiple_of(stride) || near(n)).collect();
    let answers = answers(&stage, &numbers).await;
    let wrong = differences(&answers, |_| ());
    assert!(wrong.is_empty(), "{} of {}: {}", wrong.len(), answers.len(), wrong[..wrong.len().min(5)].join("\n"));
    let noticed: Vec<_> =
        MUTANTS.iter().map(|(mutant, change)| (mutant, differences(&answers, *change).len())).collect();
    for (mutant, count) in &noticed {
        assert!(*count > 0, "an oracle that {mutant} is not told from the right one");
    }
    let eligible = answers.iter().filter(|(_, told)| told.is_empty()).count();
    println!(
        "{name}: {} of {ALL} combinations, {eligible} of them eligible, no difference; {noticed:?}",
        answers.len()
    );
    assert!(eligible > 0, "some orders can be placed");
}

#[tokio::test(flavor = "multi_thread")]
async fn r38_combinations_of_all_facts_are_answered_as_an_oracle_says() {
    on_every_database(async |database| compare(database, STRIDE).await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: belongs to the long tests"]
async fn r38_every_combination_of_facts_is_answered_as_an_oracle_says() {
    on_every_database(async |database| compare(database, 1).await).await;
}
