//! The contests of two replicas, a thousand rounds each.

#[path = "../journeys/contests.rs"]
mod rounds;

const ROUNDS: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: belongs to the long tests"]
async fn v03_accept_with_revoke_1000_times() {
    rounds::accept_with_revoke(ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: belongs to the long tests"]
async fn r37_accept_with_accept_1000_times() {
    rounds::accept_with_accept(ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: belongs to the long tests"]
async fn v05_end_with_invite_1000_times() {
    rounds::end_with_invite(ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: belongs to the long tests"]
async fn d03_revoke_with_check_1000_times() {
    rounds::revoke_with_check(ROUNDS).await;
}
