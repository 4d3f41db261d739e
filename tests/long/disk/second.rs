//! F14: one process per SQLite file. A second one refuses and says what to do; the first goes on.

use std::process::Command;

use crate::caller::{Caller, data};
use crate::program::{Place, Process, SERVICES};
use crate::signals::Serving;

#[test]
fn f14_a_second_process_refuses_and_the_first_goes_on() {
    let place = Place::new();
    let mut first = Serving::start(&place.command(&["serve"]));
    let mut caller = Caller::of(&place);
    caller.enroll("before").expect("the first serves");
    let one_service = SERVICES.map(|service| vec!["serve", service]);
    let others = [vec!["serve"], vec!["migrate"], vec!["bootstrap"]];
    for arguments in one_service.into_iter().chain(others) {
        let ended = Process::start(elsewhere(place.command(&arguments))).end();
        assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.out);
        let said = ended.err.contains("another process uses this database") && ended.err.contains("stop it first");
        assert!(said, "{arguments:?}: {}", ended.err);
    }
    caller.enroll("after").expect("the first still serves");
    // The lock is the process's own: it leaves nothing behind that would have to be removed by hand.
    first.process.kill();
    let mut next = Serving::start(&place.command(&["serve"]));
    caller.enroll("next").expect("the next serves");
    assert_eq!(next.process.stop().code, Some(0));
    super::assert_sound(&data(&place));
}

/// The same command with free ports of its own, so that only the files are in its way.
fn elsewhere(mut command: Command) -> Command {
    command.envs(SERVICES.map(|service| (format!("LINKAGE_{}__LISTEN", service.to_uppercase()), "127.0.0.1:0")));
    command
}
