//! What each event causes elsewhere: the service that waits for an answer to a mail is told what became of it. The whole list.

use runtime::convert::timestamp;
use runtime::{Effect, ServiceName};
use wire::types::Delivery;
use wire::types::delivery::State;
use wire::{enrollment, relationship, verification};

use crate::domain::Event;
use crate::domain::event::Report;

/// The calls that an event causes.
pub(crate) fn of(event: &Event) -> Vec<Effect> {
    match event {
        Event::MessageSent { report, .. }
        | Event::MessageBounced { report, .. }
        | Event::MessageParked { report, .. }
        | Event::MessageDropped { report, .. } => report.as_ref().and_then(tell).into_iter().collect(),
        // Nothing that whoever waits could do anything about.
        Event::MessageQueued { .. } | Event::MessagePostponed { .. } | Event::MessageRetried { .. } => Vec::new(),
    }
}

fn tell(report: &Report) -> Option<Effect> {
    let (subject, subject_version) = (report.cause.subject.clone(), report.cause.subject_version);
    let delivery = Some(delivery(report));
    match ServiceName::parse(&report.cause.source)? {
        asker @ ServiceName::Relationship => {
            let request = relationship::RecordDeliveryRequest { origin: None, subject, subject_version, delivery };
            Some(Effect::tell(asker, request))
        }
        asker @ ServiceName::Verification => {
            let request = verification::RecordDeliveryRequest { origin: None, subject, subject_version, delivery };
            Some(Effect::tell(asker, request))
        }
        asker @ ServiceName::Enrollment => {
            let request = enrollment::RecordDeliveryRequest { origin: None, subject, subject_version, delivery };
            Some(Effect::tell(asker, request))
        }
        ServiceName::Notification => None,
    }
}

fn delivery(report: &Report) -> Delivery {
    let state = State::from_str_name(&format!("STATE_{}", report.state)).unwrap_or_default();
    Delivery { state: state.into(), reason: report.reason.clone(), time: Some(timestamp(report.at)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::tests::queued;
    use crate::domain::{Kind, Message};

    fn told(kind: Kind, source: &str) -> Vec<String> {
        let mut message = queued();
        message.kind = kind;
        message.cause.source = source.to_owned();
        let ends: [fn(&mut Message) -> Event; 3] = [
            |message| message.accept(message.create_time).unwrap(),
            |message| message.bounce(message.create_time, "MAILBOX_UNKNOWN").unwrap(),
            |message| message.park(message.create_time, "SERVER_BUSY").unwrap(),
        ];
        let mut told = Vec::new();
        for end in ends {
            let mut message = message.clone();
            message.begin(message.create_time, crate::Config::default().tries()).unwrap();
            told.extend(of(&end(&mut message)).iter().map(|effect| format!("{effect:?}")));
        }
        told
    }

    #[test]
    fn r52_who_waits_for_an_answer_is_told_what_became_of_the_mail() {
        let relationship = told(Kind::PartnershipInvitation, "relationship");
        assert_eq!(relationship.len(), 3);
        assert!(relationship.iter().all(|effect| effect.contains("Relationship") && effect.contains("RecordDelivery")));
        let verification = told(Kind::EmailVerification, "verification");
        assert!(verification.len() == 3 && verification[0].contains("VerificationPeerService/RecordDelivery"));
        for kind in [Kind::EnrollmentStatus, Kind::AgreementDue] {
            let enrollment = told(kind, "enrollment");
            assert!(enrollment.len() == 3 && enrollment[1].contains("EnrollmentPeerService/RecordDelivery"));
        }
        assert_eq!(told(Kind::InformationRequested, "verification").len(), 3);
    }

    #[test]
    fn nobody_is_told_of_a_mail_that_asks_for_no_answer() {
        assert_eq!(told(Kind::PartnershipEnded, "relationship"), [""; 0]);
        assert_eq!(told(Kind::DirectoryEnquiry, "enrollment"), [""; 0]);
        assert_eq!(told(Kind::SignInCode, "enrollment"), [""; 0], "whether an address is known is not told");
        assert_eq!(told(Kind::PartnershipInvitation, "notification"), [""; 0]);
    }
}
