//! Between reviewer and applicant: questions and their answers, and the one appeal.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{CaseState, Reviewer, VettingCase};
use crate::domain::event::{CaseEvent, CaseMove};
use crate::domain::{CheckKind, Deadlines, Refusal, Status, Verdict};

/// As many questions may one case have.
const MOST_QUESTIONS: usize = 50;

/// A question tied to a field, answered in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// Path of the field of the case that it is about, such as `legal_name`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) asked: DateTime<Utc>,
    pub(crate) answer: Option<Answered>,
}

/// What the applicant answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) text: String,
    pub(crate) at: DateTime<Utc>,
}

/// The applicant's one appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appeal {
    /// Whose rejection it is against: somebody else decides on it.
    pub(crate) against: Reviewer,
    pub(crate) text: String,
    pub(crate) at: DateTime<Utc>,
}

impl VettingCase {
    /// The reviewer asks the applicant, each question about a field, and waits.
    pub(crate) fn ask(
        &mut self,
        reviewer: Reviewer,
        questions: &[(String, String)],
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<CaseEvent, Refusal> {
        self.claimed_by(reviewer, now)?;
        if self.questions.len() + questions.len() > MOST_QUESTIONS {
            return Err(Refusal::QuestionsFull);
        }
        Ok(self.moved(now, CaseMove::Asked, |case| {
            let asked = questions.iter().cloned();
            case.questions.extend(asked.map(|(path, text)| Question { path, text, asked: now, answer: None }));
            case.state = CaseState::ActionRequired { by: reviewer, due: now + deadlines.answer };
        }))
    }

    /// The applicant answers, by the questions' numbers from 1. A reviewer who waits for it goes on once nothing is open.
    pub(crate) fn submit(
        &mut self,
        answers: &BTreeMap<usize, String>,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<CaseEvent, Refusal> {
        if !self.state.is_open() || self.state.is_overdue(now) {
            return Err(self.forbids(now, &["AWAITING_EMAIL", "QUEUED", "IN_REVIEW", "ACTION_REQUIRED"]));
        }
        let open = self.open_questions();
        if let Some(unknown) = answers.keys().find(|number| !open.contains(number)) {
            return Err(Refusal::QuestionUnknown(*unknown));
        }
        let left: Vec<usize> = open.into_iter().filter(|number| !answers.contains_key(number)).collect();
        if !left.is_empty() {
            return Err(Refusal::QuestionsOpen(left));
        }
        Ok(self.moved(now, CaseMove::Answered, |case| {
            for (question, number) in case.questions.iter_mut().zip(1..) {
                if let Some(text) = answers.get(&number) {
                    question.answer = Some(Answered { text: text.clone(), at: now });
                }
            }
            if let CaseState::ActionRequired { by, .. } = case.state {
                case.state = CaseState::InReview { by, due: now + deadlines.review, lease: now + deadlines.claim };
                for kind in CheckKind::ALL {
                    // What a mail asks has its link's time.
                    if case.asked_by_mail(kind).is_none() {
                        case.checks.expect(kind, now + deadlines.review);
                    }
                }
            }
        }))
    }

    /// The applicant asks another reviewer to look again, once: what failed is pending again.
    pub(crate) fn appeal(
        &mut self,
        text: String,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<CaseEvent, Refusal> {
        let CaseState::Rejected(rejection) = &self.state else { return Err(self.forbids(now, &["REJECTED"])) };
        if self.appeal.is_some() {
            return Err(Refusal::AppealSpent);
        }
        let against = rejection.by.ok_or(Refusal::NotAppealable)?;
        if !self.may_appeal(now) {
            return Err(Refusal::AppealLate);
        }
        Ok(self.moved(now, CaseMove::Appealed, |case| {
            case.appeal = Some(Appeal { against, text, at: now });
            for kind in [CheckKind::Domain, CheckKind::Employment, CheckKind::Business] {
                // What the mailed link decides stays as it was answered, until the reviewer decides it anew.
                if matches!(case.checks.get(kind).status, Status::Decided(Verdict::Failed { .. })) {
                    case.checks.reopen(kind, now);
                }
            }
            let link = case.checks.get(CheckKind::Authority).status.due();
            case.queue(now, deadlines);
            if let Some(due) = link {
                // Nobody is mailed anew by that.
                case.checks.expect(CheckKind::Authority, due);
            }
        }))
    }

    /// Until when an appeal can still be made; nobody makes one for an enrollment that waits no more.
    pub(crate) fn appeal_by(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.state.appeal_by().filter(|by| now < *by && !self.waiting.is_empty())
    }

    /// Whether an appeal can still be made.
    pub(crate) fn may_appeal(&self, now: DateTime<Utc>) -> bool {
        self.appeal_by(now).is_some()
    }

    /// Whether a rejection is the last word.
    pub(crate) fn is_final(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state, CaseState::Rejected(_)) && !self.may_appeal(now)
    }

    /// Writes down that the time for an appeal is over. None while it isn't.
    pub(crate) fn forgo_appeal(&mut self, now: DateTime<Utc>) -> Option<CaseEvent> {
        match &mut self.state {
            CaseState::Rejected(rejection) if rejection.appeal_by.is_some_and(|by| by <= now) => {
                rejection.appeal_by = None;
            }
            _ => return None,
        }
        Some(self.moved(now, CaseMove::AppealForgone, |_| {}))
    }

    /// The numbers of the questions that are not answered, from 1.
    pub(crate) fn open_questions(&self) -> Vec<usize> {
        let numbered = (1..).zip(&self.questions);
        numbered.filter(|(_, question)| question.answer.is_none()).map(|(number, _)| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::samples::{DEADLINES, case, elsewhere, now, reviewer};

    const SECOND: TimeDelta = TimeDelta::seconds(1);

    fn claimed() -> VettingCase {
        let mut case = case();
        case.contact_answered(true, now(), &DEADLINES).unwrap();
        case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
        case
    }

    fn asked() -> VettingCase {
        let mut case = claimed();
        let ask = |path: &str| (path.to_owned(), "Which is it?".to_owned());
        case.ask(reviewer(10), &[ask("legal_name"), ask("address")], now(), &DEADLINES).unwrap();
        case
    }

    fn answers(numbers: &[usize]) -> BTreeMap<usize, String> {
        numbers.iter().map(|number| (*number, "This one.".to_owned())).collect()
    }

    fn rejected() -> VettingCase {
        let mut case = claimed();
        let failed = Verdict::Failed { reason: "NOT_SHOWN".to_owned() };
        case.decide(reviewer(10), CheckKind::Business, failed, now()).unwrap();
        case.reject(reviewer(10), "NOT_SHOWN".to_owned(), "No extract.".to_owned(), now(), &DEADLINES).unwrap();
        case
    }

    #[test]
    fn r23_answers_to_all_that_is_open_bring_the_case_back_to_who_asked() {
        let refused = |numbers: &[usize]| asked().submit(&answers(numbers), now(), &DEADLINES).unwrap_err();
        assert_eq!(refused(&[1]), Refusal::QuestionsOpen(vec![2]));
        assert_eq!(refused(&[]), Refusal::QuestionsOpen(vec![1, 2]));
        assert_eq!(refused(&[1, 2, 3]), Refusal::QuestionUnknown(3));
        let mut case = asked();
        case.submit(&answers(&[1, 2]), now(), &DEADLINES).unwrap();
        assert_eq!((case.state.as_str(), case.state.reviewer()), ("IN_REVIEW", Some(reviewer(10))));
        assert_eq!(case.open_questions(), [0; 0]);
        assert_eq!(case.submit(&answers(&[1]), now(), &DEADLINES), Err(Refusal::QuestionUnknown(1)), "answered before");
        let many = vec![("legal_name".to_owned(), "?".to_owned()); MOST_QUESTIONS];
        assert_eq!(claimed().ask(reviewer(11), &many, now(), &DEADLINES), Err(Refusal::NotClaimant));
        assert_eq!(case.ask(reviewer(10), &many, now(), &DEADLINES), Err(Refusal::QuestionsFull));
    }

    #[test]
    fn r24_neither_an_answer_nor_an_appeal_gives_an_approvers_link_more_time() {
        let due = |case: &VettingCase| case.checks.get(CheckKind::Authority).status.due();
        let (later, link) = (now() + TimeDelta::days(6), Some(now() + DEADLINES.confirm));
        let mut case = asked();
        case.submit(&answers(&[1, 2]), later, &DEADLINES).unwrap();
        assert_eq!((due(&case), case.checks.get(CheckKind::Business).status.due()), (link, case.state.due()));
        let mut case = rejected();
        case.appeal("Here it is.".to_owned(), later, &DEADLINES).unwrap();
        assert_eq!((due(&case), case.state.due()), (link, Some(later + DEADLINES.review)));
    }

    #[test]
    fn r24_the_applicants_time_to_answer_ends_to_the_second() {
        let due = now() + DEADLINES.answer;
        assert!(asked().submit(&answers(&[1, 2]), due - SECOND, &DEADLINES).is_ok());
        let late = asked().submit(&answers(&[1, 2]), due, &DEADLINES).unwrap_err();
        assert!(matches!(late, Refusal::StateForbids { state: "EXPIRED", .. }), "{late:?}");
        assert_eq!(asked().at(due - SECOND).state.as_str(), "ACTION_REQUIRED");
        assert_eq!(asked().at(due).state, CaseState::Expired);
        let near = due - DEADLINES.remind;
        assert_eq!(asked().remind(near - SECOND, &DEADLINES), None);
        let mut reminded = asked();
        assert!(reminded.remind(near, &DEADLINES).is_some());
        assert_eq!(reminded.remind(near, &DEADLINES), None, "once");
        assert!(asked().remind(due - SECOND, &DEADLINES).is_some());
        assert_eq!(asked().remind(due, &DEADLINES), None, "then it is too late");
    }

    #[test]
    fn r23_an_appeal_is_made_once_and_decided_by_another_reviewer() {
        let mut case = rejected();
        assert!(case.may_appeal(now()) && !case.is_final(now()));
        case.appeal("Here it is.".to_owned(), now(), &DEADLINES).unwrap();
        assert_eq!((case.state.as_str(), case.checks.is_pending(CheckKind::Business)), ("QUEUED", true));
        let claim = |by| case.clone().claim(reviewer(by), &elsewhere(), now(), &DEADLINES);
        assert_eq!(claim(10), Err(Refusal::OwnDecision));
        case = *claim(11).unwrap().case;
        case.reject(reviewer(11), "NOT_SHOWN".to_owned(), String::new(), now(), &DEADLINES).unwrap();
        assert!(case.is_final(now()) && !case.may_appeal(now()));
        assert_eq!(case.appeal("Again.".to_owned(), now(), &DEADLINES), Err(Refusal::AppealSpent));
    }

    #[test]
    fn r24_the_time_for_an_appeal_ends_to_the_second_and_the_rejection_is_final() {
        let ends = now() + DEADLINES.appeal;
        let appeal = |at| rejected().appeal("Here it is.".to_owned(), at, &DEADLINES);
        assert!(appeal(ends - SECOND).is_ok());
        assert_eq!(appeal(ends), Err(Refusal::AppealLate));
        assert_eq!((rejected().is_final(ends - SECOND), rejected().is_final(ends)), (false, true));
        assert_eq!(rejected().forgo_appeal(ends - SECOND), None);
        let mut forgone = rejected();
        let told = forgone.forgo_appeal(ends).unwrap();
        assert_eq!(
            (told.from, told.case.state.as_str(), told.case.is_final(now())),
            (Some("REJECTED"), "REJECTED", true)
        );
        assert_eq!(forgone.forgo_appeal(ends), None, "once");
        assert_eq!(forgone.appeal("Late.".to_owned(), ends, &DEADLINES), Err(Refusal::AppealLate));
    }

    #[test]
    fn r18_nobody_appeals_for_an_enrollment_that_waits_no_more() {
        let mut case = rejected();
        let told = case.leave(crate::domain::samples::id(3), now()).unwrap();
        assert_eq!((told.what, case.state.as_str(), case.is_final(now())), (CaseMove::Left, "REJECTED", true));
        assert_eq!(case.appeal("Here it is.".to_owned(), now(), &DEADLINES), Err(Refusal::AppealLate));
        assert_eq!(case.leave(crate::domain::samples::id(3), now()), None);
    }

    #[test]
    fn r20_the_contacts_no_is_not_appealed() {
        let mut case = case();
        case.contact_answered(false, now(), &DEADLINES).unwrap();
        assert_eq!(case.appeal("But yes.".to_owned(), now(), &DEADLINES), Err(Refusal::NotAppealable));
        assert!(case.is_final(now()), "nobody who could look again has decided it");
        assert!(matches!(claimed().appeal(String::new(), now(), &DEADLINES), Err(Refusal::StateForbids { .. })));
    }

    #[test]
    fn r23_evidence_is_taken_while_somebody_will_look_at_it() {
        assert_eq!(claimed().next_evidence(0, now()), Ok(1));
        assert_eq!(asked().next_evidence(7, now()), Ok(8));
        assert_eq!(rejected().next_evidence(0, now()), Ok(1), "before an appeal too");
        assert_eq!(claimed().next_evidence(crate::domain::evidence::MOST_EVIDENCE, now()), Err(Refusal::EvidenceFull));
        let mut denied = case();
        denied.contact_answered(false, now(), &DEADLINES).unwrap();
        assert!(matches!(denied.next_evidence(0, now()), Err(Refusal::StateForbids { .. })));
        assert!(matches!(asked().next_evidence(0, now() + DEADLINES.answer), Err(Refusal::StateForbids { .. })));
    }

    #[test]
    fn r23_questions_are_counted_over_all_that_were_asked() {
        let ask = |mut case: VettingCase, count| {
            let questions = vec![("address".to_owned(), "Which is it?".to_owned()); count];
            case.ask(reviewer(10), &questions, now(), &DEADLINES).map(drop)
        };
        assert_eq!(ask(claimed(), MOST_QUESTIONS), Ok(()));
        assert_eq!(ask(claimed(), MOST_QUESTIONS + 1), Err(Refusal::QuestionsFull));
    }

    #[test]
    fn r23_a_rejection_tells_who_rejected_and_why_in_words() {
        let state = rejected().state;
        assert_eq!((state.reviewer(), state.explanation()), (Some(reviewer(10)), Some("No extract.")));
    }
}
