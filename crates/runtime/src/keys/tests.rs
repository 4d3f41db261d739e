use super::*;
use secrecy::ExposeSecret;

#[test]
fn processes_that_start_at_once_agree_on_every_key() {
    let folder = Folder::new("race");
    let kids = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..16)
            .map(|turn| {
                let (folder, service) = (&folder.0, ServiceName::ALL[turn % 4]);
                scope.spawn(move || {
                    let keys = Keys::in_folder(folder, service).unwrap();
                    assert_eq!(keys.services.get(&service), Some(&vec![keys.own.public().clone()]));
                    assert_eq!(keys.access.is_some(), service == ServiceName::Enrollment);
                    let links = link_key(&folder.join(LINKS_FILE)).unwrap().expose_secret().clone();
                    let kids: Vec<_> = keys.services.values().flatten().map(|key| key.kid().to_owned()).collect();
                    (kids, links)
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(kids.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(kids[0].1.len(), LINK_KEY_BYTES);
    let files: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files.len(), 6, "no temporary file is left: {files:?}");
}

#[test]
fn in_a_folder_of_its_own_a_service_holds_no_key_of_a_sibling() {
    let folder = Folder::new("own");
    let siblings = || ServiceName::ALL.into_iter().filter(|name| *name != ServiceName::Notification);
    for name in siblings() {
        let key = SigningKey::generate().unwrap();
        std::fs::write(folder.0.join(public_file(name)), key.public().to_pem().unwrap()).unwrap();
    }
    let keys = Keys::in_folder(&folder.0, ServiceName::Notification).unwrap();
    let own = vec![keys.own.public().clone()];
    assert_eq!((keys.services.len(), keys.services.get(&ServiceName::Notification)), (4, Some(&own)));
    assert!(siblings().all(|name| !folder.0.join(own_file(name)).exists()), "no key was made in a sibling's name");
    assert_eq!(Keys::in_folder(&folder.0, ServiceName::Notification).unwrap().services, keys.services);
    std::fs::write(folder.0.join(public_file(ServiceName::Enrollment)), "not a key").unwrap();
    let spoilt = Keys::in_folder(&folder.0, ServiceName::Notification);
    assert!(matches!(spoilt, Err(KeyError::Unreadable { of, .. }) if of.ends_with("enrollment.pub.pem")));
}

#[test]
fn r66_of_several_keys_in_a_file_the_first_signs_and_all_count() {
    let folder = Folder::new("several");
    let keys: Vec<_> = (0..3).map(|_| new_pem().unwrap().to_string()).collect();
    let kids =
        |count: usize| keys[..count].iter().map(|pem| SigningKey::from_pem("a key", pem).unwrap().kid().to_owned());
    for count in 1..=3 {
        std::fs::write(folder.0.join(ACCESS_FILE), keys[..count].concat()).unwrap();
        std::fs::write(folder.0.join(own_file(ServiceName::Enrollment)), keys[..count].join("\n\n")).unwrap();
        let found = Keys::in_folder(&folder.0, ServiceName::Enrollment).unwrap();
        let signer = found.access.unwrap();
        assert!(signer.publics().map(|key| key.kid().to_owned()).eq(kids(count)));
        assert_eq!((signer.public(), found.own.kid().to_owned()), (found.own.public(), kids(1).next().unwrap()));
        assert!(found.services[&ServiceName::Enrollment].iter().map(|key| key.kid().to_owned()).eq(kids(count)));
        let publics: String =
            found.services[&ServiceName::Enrollment].iter().map(|key| key.to_pem().unwrap()).collect();
        let elsewhere = Folder::new("public");
        std::fs::write(elsewhere.0.join(public_file(ServiceName::Enrollment)), publics).unwrap();
        for folder in [&folder, &elsewhere] {
            let known = known(&folder.0, ServiceName::Enrollment).unwrap();
            assert!(
                known.iter().map(|key| key.kid().to_owned()).eq(kids(count)),
                "by its own file, or by its public one"
            );
        }
    }
    std::fs::write(folder.0.join(ACCESS_FILE), format!("{}{}", keys[0], keys[1].replace("PRIVATE", "PUBLIC"))).unwrap();
    assert!(Keys::in_folder(&folder.0, ServiceName::Enrollment).is_err(), "one that can't be read is not passed over");
}

#[test]
fn a_key_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("mode");
    let path = folder.0.join("keys").join(ISSUER_FILE);
    let key = SigningKey::load_or_create(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(SigningKey::load_or_create(&path).unwrap().kid(), key.kid());
}

#[test]
fn a_spoilt_key_file_is_refused_and_kept() {
    let folder = Folder::new("spoilt");
    let path = folder.0.join(ACCESS_FILE);
    std::fs::write(&path, "not a key").unwrap();
    assert!(matches!(SigningKey::load_or_create(&path), Err(KeyError::Unreadable { .. })));
    assert!(matches!(link_key(&path), Err(KeyError::Unreadable { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key");
}

#[test]
fn a_public_key_survives_the_wire() {
    let key = SigningKey::generate().unwrap();
    let sent = VerifyingKey::from_bytes("wire", &key.public().bytes()).unwrap();
    assert_eq!((sent.kid(), sent.kid().len()), (key.kid(), KID_CHARACTERS));
    assert!(VerifyingKey::from_bytes("wire", &[1, 2, 3]).is_err());
}

struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("runtime-keys-{name}-{}", crate::Mint::default().nonce()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
