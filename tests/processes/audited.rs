//! The trail as it grows, and whether it is what was written.

use std::time::{Duration, Instant};

use linkage::people::People;
use linkage::{Client, ServiceName, SigningKey};
use serde_json::{Value, json};

use crate::program::{LIMIT, Place, Process, SERVICES};

/// Between two looks.
const BREATH: Duration = Duration::from_millis(50);
const NAMELESS: &str = "ada@fjord-cloud.example";

/// Creates organizations until there is something to see.
fn create(place: &Place, mut until: impl FnMut() -> bool) {
    let addresses = place.addresses.iter().map(|address| address.parse().expect("an address"));
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _entered = tokio.enter();
    let client = Client::new(&ServiceName::ALL.into_iter().zip(addresses).collect()).expect("a client");
    let key = place.folder().join("data/keys").join(runtime::keys::ISSUER_FILE);
    let mut people = People::new(SigningKey::load_or_create(&key).expect("the issuer's key"));
    let method = client.method("enrollment.OrganizationService/CreateOrganization").expect("the RPC");
    let began = Instant::now();
    for number in 0.. {
        let organization =
            json!({ "display_name": format!("Fjord {number}"), "region_code": "SE", "language_code": "sv" });
        let request = json!({ "organization": organization });
        let answer = tokio.block_on(async {
            let token = people
                .token(&client, &format!("{number}.{NAMELESS}"), None)
                .await
                .expect("a token")
                .expect("signed in");
            client.call(ServiceName::Enrollment, &method, &request, Some(&token)).await.expect("a request")
        });
        assert_eq!(answer.code, tonic::Code::Ok, "{}", answer.message);
        if until() {
            return;
        }
        assert!(began.elapsed() < LIMIT, "nothing is seen");
    }
}

/// Changes a database whose service is stopped.
fn change(place: &Place, service: &str, statement: &str) {
    let file = place.folder().join("data").join(format!("{service}.db"));
    testkit::ask(&format!("sqlite://{}", file.display()), statement);
}

fn verdicts(place: &Place) -> (Option<i32>, Vec<Value>) {
    let ended = place.run(&["audit", "verify", "--format", "json"]);
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line} {}", ended.err));
    (ended.code, ended.out.lines().map(read).collect())
}

#[test]
fn r66_the_trail_is_followed_and_what_is_done_to_it_afterwards_is_told() {
    let place = Place::new();
    let mut serving = place.serve(&[]);
    let mut follower = Process::start(place.command(&["audit", "--follow", "--format", "json"]));
    let mut seen = None;
    create(&place, || {
        seen = follower.line(BREATH);
        seen.is_some()
    });
    let entry: Value = serde_json::from_str(&seen.expect("an entry")).expect("an object");
    assert_eq!((&entry["service"], entry["sequence"].is_string()), (&json!("enrollment"), true), "{entry}");
    follower.kill();
    let busy = place.run(&["audit", "verify"]);
    assert!(busy.code == Some(1) && busy.err.contains("another process"), "{}", busy.err);
    assert_eq!(serving.stop().code, Some(0));

    let (code, whole) = verdicts(&place);
    assert_eq!((code, whole.len()), (Some(0), SERVICES.len()), "{whole:?}");
    assert!(whole.iter().all(|verdict| verdict["whole"] == true), "{whole:?}");
    assert!(whole[0]["entries"].as_i64() > Some(0) && whole[0]["checkpoints"].as_i64() > Some(0), "{}", whole[0]);
    let plain = place.run(&["audit", "verify"]);
    assert!(plain.code == Some(0) && plain.out.matches("whole").count() == 4, "{}", plain.out);

    change(&place, "enrollment", "UPDATE journal SET actor = 'persons/0' WHERE sequence = 1 RETURNING kind");
    let (code, edited) = verdicts(&place);
    assert_eq!((code, &edited[0]["findings"]), (Some(1), &json!([{ "kind": "edited", "sequence": 1 }])));
    let plain = place.run(&["audit", "verify", "enrollment"]);
    assert!(plain.code == Some(1) && plain.out.contains("entry 1 was edited"), "{}", plain.out);

    // Cut off so that the database tells nothing of it.
    change(&place, "enrollment", "DELETE FROM journal RETURNING kind");
    change(&place, "enrollment", "DELETE FROM setting WHERE name = 'journal_end' RETURNING name");
    let (code, cut) = verdicts(&place);
    let expected = json!([{ "kind": "cut", "after": 0, "end": whole[0]["covered"] }]);
    assert_eq!((code, &cut[0]["findings"]), (Some(1), &expected));

    let file = place.folder().join("data/checkpoints/notification.checkpoints");
    std::fs::write(&file, "nonsense\n").expect("a line that is none");
    let (_, forged) = verdicts(&place);
    let notification = forged.iter().find(|verdict| verdict["service"] == "notification").expect("its verdict");
    assert_eq!((&notification["whole"], &notification["void_checkpoints"][0]["line"]), (&json!(false), &json!(1)));
}
