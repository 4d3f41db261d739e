//! `linkage keys`: what each service proves itself by and believes its siblings by, in a folder of its own.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use runtime::ServiceName;
use runtime::keys::{self, ACCESS_FILE, ISSUER_FILE, LINKS_FILE, SigningKey};

use crate::cli::Keys;
use crate::serve::print;

/// The public key of the development issuer, beside the service's own.
const ISSUER_PUBLIC_FILE: &str = "issuer.pub.pem";

/// Makes what is missing; public keys are written anew, so that one that was replaced is known to its siblings.
pub fn run(arguments: &Keys) -> anyhow::Result<ExitCode> {
    let of = |service: ServiceName| arguments.folder.join(service.as_str());
    for service in ServiceName::ALL {
        // It makes the folder, its owner's alone.
        keys::link_key(&of(service).join(LINKS_FILE))?;
    }
    for service in ServiceName::ALL {
        let own = SigningKey::load_all_or_create(&of(service).join(keys::own_file(service)))?;
        for sibling in ServiceName::ALL.into_iter().filter(|sibling| *sibling != service) {
            publish(&of(sibling), &keys::public_file(service), &own)?;
        }
    }
    SigningKey::load_or_create(&of(ServiceName::Enrollment).join(ACCESS_FILE))?;
    if arguments.issuer {
        // Where `linkage token` looks for it in a data folder.
        let issuer = SigningKey::load_or_create(&arguments.folder.join("people/keys").join(ISSUER_FILE))?;
        // Enrollment alone asks for it, but each service reads the whole configuration.
        for service in ServiceName::ALL {
            publish(&of(service), ISSUER_PUBLIC_FILE, std::slice::from_ref(&issuer))?;
        }
    }
    for service in ServiceName::ALL {
        print(&format!("{service:<13} {}", of(service).display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn publish(folder: &Path, file: &str, keys: &[SigningKey]) -> anyhow::Result<()> {
    let path = folder.join(file);
    let pems = keys.iter().map(|key| key.public().to_pem()).collect::<Result<String, _>>()?;
    std::fs::write(&path, pems).with_context(|| path.display().to_string())
}
