//! Business time, moved by the same step on all services.

use chrono::{DateTime, TimeDelta, Utc};
use linkage::ServiceName;
use serde_json::json;

use super::Stage;

impl Stage {
    /// Moves the clock of every service ahead and lets everything happen that time alone brings.
    pub(crate) async fn advance(&mut self, by: TimeDelta) {
        self.settle().await;
        self.set_offset(self.offset + by).await;
        self.settle().await;
    }

    /// Moves the clock alone.
    pub(crate) async fn set_offset(&mut self, offset: TimeDelta) {
        self.offset = offset;
        let method = self.client.method("simulation.ClockService/SetOffset").expect("the clock's RPC");
        let request = json!({ "offset": format!("{}s", offset.num_seconds()) });
        for service in ServiceName::ALL.into_iter().filter(|service| self.runs(*service)) {
            let mut answer = self.client.call(service, &method, &request, None).await.expect("an offset");
            if answer.is_transient() {
                answer = self.client.call(service, &method, &request, None).await.expect("an offset");
            }
            assert_eq!(answer.code, tonic::Code::Ok, "{service} sets its clock: {}", super::call::told(&answer));
        }
    }

    /// How far the clock was moved.
    pub(crate) fn offset(&self) -> TimeDelta {
        self.offset
    }

    /// Business time.
    pub(crate) async fn now(&self) -> DateTime<Utc> {
        let service = self.suite.nodes()[0].name();
        let method = self.client.method("simulation.ClockService/GetClock").expect("the clock's RPC");
        let answer = self.client.call(service, &method, &json!({}), None).await.expect("no fields");
        super::call::text(&answer.body, "now").parse().expect("a time")
    }

    /// Business time from now, as a request writes it.
    pub(crate) async fn in_future(&self, by: TimeDelta) -> String {
        (self.now().await + by).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }
}
