//! What leads on from where the world stands: towards an order, and beyond it to the next.

use super::step::{Consents, Etag, Form, Review, Reviewer, Step, Text};
use super::world::{AUTHORITY, CAST, CaseStage, DOMAIN, InvitationStage, LetterStage, Stage, Status, Who, World};

/// What leads on, the most direct first.
pub(super) fn useful(world: &World) -> Vec<Step> {
    let mut steps = Vec::new();
    for of in [0, 2, 4, 3, 1, 5, 6] {
        enrolling(world, of, &mut steps);
    }
    relating(world, &mut steps);
    // A contact who says no is rare.
    steps.sort_by_key(|step| matches!(step, Step::Answer { yes: false, .. }));
    steps
}

fn enrolling(world: &World, of: usize, steps: &mut Vec<Step>) {
    let (organization, by) = (&world.cast[of], Who::Founder(of));
    if !organization.founded {
        return steps.push(Step::Found(of));
    }
    let Some(capacity) = CAST[of].nature else { return };
    let whole = organization.legal.name.is_some() && organization.legal.rest;
    let Some(enrollment) = organization.enrollments.get(&capacity) else {
        return steps.push(Step::Draft(of, capacity, by));
    };
    match enrollment.stage {
        Stage::Draft if !whole => steps.push(Step::Legal(of, by, Form::Whole(true))),
        Stage::Draft if !organization.support => steps.push(Step::Support(of, by)),
        Stage::Draft if !world.is_preapproved(of, capacity) => {
            steps.push(Step::Preapprove(of, capacity, Who::Operator));
        }
        Stage::Draft => steps.push(Step::Submit { of, capacity, by, etag: Etag::Absent, dry: false }),
        Stage::Verifying => vetting(world, of, steps),
        Stage::Qualified | Stage::Active if organization.location().is_none() => {
            match organization.locations.iter().position(|location| location.home && location.wrong < 5) {
                Some(location) => steps.push(Step::Associate { of, location, by, right: true }),
                None => steps.push(Step::Locate { of, home: true }),
            }
        }
        Stage::Qualified => steps.push(Step::Sign { of, capacity, by, text: Text::Newest }),
        Stage::Active | Stage::Ended => {}
    }
}

fn vetting(world: &World, of: usize, steps: &mut Vec<Step>) {
    let Some(case) = world.cast[of].cases.last() else { return };
    let review = |act| Step::Review { of, by: Reviewer::Staff(0), act, etag: Etag::Present };
    let waits = case.letters[1].as_ref().is_some_and(|letter| letter.stage == LetterStage::Pending);
    match case.stage {
        CaseStage::AwaitingEmail => {
            steps.push(Step::Answer { of, approver: false, yes: true });
            steps.push(Step::Answer { of, approver: false, yes: false });
        }
        CaseStage::Queued if waits => steps.push(Step::Answer { of, approver: true, yes: true }),
        CaseStage::Queued => steps.push(review(Review::Claim)),
        CaseStage::InReview(by) => {
            let staff = |act| Step::Review { of, by: Reviewer::Staff(by), act, etag: Etag::Present };
            match (DOMAIN..5).find(|check| matches!(case.checks[*check], Status::Pending | Status::Failed)) {
                // Nobody decides over the approver's no.
                Some(AUTHORITY) if case.is_denied() => {}
                Some(check) => steps.push(staff(Review::Judge(check, Status::Passed))),
                None => steps.push(staff(Review::Approve)),
            }
        }
        CaseStage::Approved | CaseStage::Rejected | CaseStage::Expired => {}
    }
}

fn relating(world: &World, steps: &mut Vec<Step>) {
    for (at, invitation) in world.invitations.iter().enumerate() {
        if invitation.stage == InvitationStage::Pending {
            let by = Who::Founder(invitation.target);
            steps.insert(0, Step::Accept { invitation: at, by, link: true, consents: Consents::All, shown: true });
            if !world.cast[invitation.target].founded {
                steps.insert(0, Step::Found(invitation.target));
            }
        }
    }
    let active = |of: usize| world.cast[of].enrollments.values().any(|enrollment| enrollment.stage == Stage::Active);
    for (provider, reseller) in [(0, 2), (0, 3), (1, 2)] {
        let live = world.live_partnership(provider, reseller);
        let free = live.is_none_or(|live| world.partnerships[live].ended);
        if active(provider) && active(reseller) && free {
            steps.insert(0, Step::InvitePartner { by: Who::Founder(provider), target: reseller, ask: true });
        }
        for customer in [6, 5, 4] {
            let through = live.filter(|live| !world.partnerships[*live].ended);
            let trio = [provider, reseller, customer];
            if through.is_some() && !world.ineligible(trio).is_empty() {
                let by = Who::Founder(reseller);
                steps.insert(0, Step::InviteCustomer { by, through, target: customer, ask: true });
            }
            if through.is_some() && world.cast[customer].founded {
                steps.push(Step::Ask { trio, by: Who::Founder(provider) });
            }
        }
    }
}
