//! Where an enrollment stands, and what moves it: one table.

/// Where an enrollment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Being filled in.
    Draft,
    /// Submitted; verification is under way.
    Verifying,
    /// Verified; location or agreement is outstanding.
    Qualified,
    /// In force.
    Active,
    /// Suspended by the operator.
    Suspended,
    /// Verification failed, and an appeal is open.
    Rejected,
    /// Withdrawn by the applicant.
    Withdrawn,
    /// Over.
    Ended,
}

/// What can be asked of an enrollment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// The applicant hands the draft in.
    Submit,
    /// Verification approved.
    Approve,
    /// Verification rejected.
    Reject,
    /// The case closed without a decision.
    Expire,
    /// A rejected case is open again after an appeal.
    Reconsider,
    /// Nothing is outstanding any more.
    Activate,
    /// A location is associated.
    Associate,
    /// The agreement is signed.
    Sign,
    /// The applicant withdraws.
    Withdraw,
    /// The applicant takes a withdrawn one up again.
    Reopen,
    /// The operator suspends.
    Suspend,
    /// The operator resumes.
    Resume,
    /// The operator ends it.
    End,
    /// Verification rejected, and nothing can open its case again.
    Exhaust,
}

impl State {
    /// All states, in the order of a life.
    pub const ALL: [State; 8] = [
        State::Draft,
        State::Verifying,
        State::Qualified,
        State::Active,
        State::Suspended,
        State::Rejected,
        State::Withdrawn,
        State::Ended,
    ];

    /// The name in tables, messages and errors.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Draft => "DRAFT",
            State::Verifying => "VERIFYING",
            State::Qualified => "QUALIFIED",
            State::Active => "ACTIVE",
            State::Suspended => "SUSPENDED",
            State::Rejected => "REJECTED",
            State::Withdrawn => "WITHDRAWN",
            State::Ended => "ENDED",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<State> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// The state after a command; none where the command is refused.
    pub const fn after(self, command: Command) -> Option<State> {
        use State::{Active, Draft, Ended, Qualified, Rejected, Suspended, Verifying, Withdrawn};
        match (command, self) {
            (Command::Submit, Draft) => Some(Verifying),
            (Command::Approve, Verifying) => Some(Qualified),
            (Command::Reject, Verifying) => Some(Rejected),
            (Command::Expire, Verifying) => Some(Draft),
            (Command::Reconsider, Rejected) => Some(Verifying),
            (Command::Activate, Qualified) => Some(Active),
            (Command::Associate, Draft | Verifying | Qualified | Active | Suspended | Rejected) => Some(self),
            (Command::Sign, Qualified | Active | Suspended) => Some(self),
            (Command::Withdraw, Draft | Verifying | Qualified | Rejected) => Some(Withdrawn),
            (Command::Reopen, Withdrawn) => Some(Draft),
            (Command::Suspend, Active) => Some(Suspended),
            (Command::Resume, Suspended) => Some(Active),
            (Command::End, Active | Suspended | Rejected) | (Command::Exhaust, Verifying | Rejected) => Some(Ended),
            _ => None,
        }
    }

    /// The states in which a command is taken.
    pub fn allowing(command: Command) -> impl Iterator<Item = State> {
        Self::ALL.into_iter().filter(move |state| state.after(command).is_some())
    }

    /// Whether it counts as the organization's enrollment of its type: at most one does.
    pub const fn is_live(self) -> bool {
        !matches!(self, State::Withdrawn | State::Ended)
    }

    /// Whether what was verified for it may no longer be changed by the applicant alone.
    pub const fn holds_profile(self) -> bool {
        !matches!(self, State::Draft | State::Withdrawn | State::Ended)
    }
}

impl Command {
    /// All commands.
    pub const ALL: [Command; 14] = [
        Command::Submit,
        Command::Approve,
        Command::Reject,
        Command::Expire,
        Command::Reconsider,
        Command::Activate,
        Command::Associate,
        Command::Sign,
        Command::Withdraw,
        Command::Reopen,
        Command::Suspend,
        Command::Resume,
        Command::End,
        Command::Exhaust,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_in_every_state() {
        let mut grid = format!("{:11}", "command");
        for state in State::ALL {
            grid += &format!("{:10}", state.as_str());
        }
        for command in Command::ALL {
            grid = format!("{}\n{:11}", grid.trim_end(), format!("{command:?}"));
            for state in State::ALL {
                let cell = match state.after(command) {
                    Some(after) if after == state => "stays",
                    Some(after) => after.as_str(),
                    None => "-",
                };
                grid += &format!("{cell:10}");
            }
        }
        insta::assert_snapshot!(grid.trim_end(), @r"
        command    DRAFT     VERIFYING QUALIFIED ACTIVE    SUSPENDED REJECTED  WITHDRAWN ENDED
        Submit     VERIFYING -         -         -         -         -         -         -
        Approve    -         QUALIFIED -         -         -         -         -         -
        Reject     -         REJECTED  -         -         -         -         -         -
        Expire     -         DRAFT     -         -         -         -         -         -
        Reconsider -         -         -         -         -         VERIFYING -         -
        Activate   -         -         ACTIVE    -         -         -         -         -
        Associate  stays     stays     stays     stays     stays     stays     -         -
        Sign       -         -         stays     stays     stays     -         -         -
        Withdraw   WITHDRAWN WITHDRAWN WITHDRAWN -         -         WITHDRAWN -         -
        Reopen     -         -         -         -         -         -         DRAFT     -
        Suspend    -         -         -         SUSPENDED -         -         -         -
        Resume     -         -         -         -         ACTIVE    -         -         -
        End        -         -         -         ENDED     ENDED     ENDED     -         -
        Exhaust    -         ENDED     -         -         -         ENDED     -         -
        ");
    }

    #[test]
    fn names_are_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("draft"), None);
    }
}
