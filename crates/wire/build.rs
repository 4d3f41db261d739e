//! Compiles the protos without `protoc`, and writes for each request what the runtime must know of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, error, fs};

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script where things are by the environment")]
fn main() -> Result<(), Box<dyn error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    find(&root, &mut files)?;
    files.sort();
    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_source_info(true).include_imports(true).open_files(&files)?;
    fs::write(out.join("linkage.bin"), compiler.encode_file_descriptor_set())?;
    let set = compiler.file_descriptor_set();
    fs::write(out.join("requests.rs"), requests(&set)? + &peers(&set)? + &reasons(&set)? + &methods(&set)?)?;
    tonic_prost_build::configure()
        .codec_path("crate::Utf8Codec")
        // Beside it a mark of progress is small.
        .boxed(".linkage.event.v1.WatchEventsResponse.answer.event")
        .include_file("packages.rs")
        .out_dir(&out)
        .compile_fds(FileDescriptorSet::decode(set.encode_to_vec().as_slice())?)?;
    Ok(())
}

fn find(folder: &Path, into: &mut Vec<PathBuf>) -> Result<(), Box<dyn error::Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, into)?;
        } else if path.extension().is_some_and(|e| e == "proto") {
            into.push(path);
        }
    }
    Ok(())
}

/// `impl Request` for each message that ends in `Request`.
fn requests(set: &FileDescriptorSet) -> Result<String, Box<dyn error::Error>> {
    let mut code = String::new();
    for file in set.file.iter().filter(|f| f.package().starts_with("linkage.")) {
        let module = module(file.package());
        for message in file.message_type.iter().filter(|m| m.name().ends_with("Request")) {
            one_request(&mut code, &module, message)?;
        }
    }
    Ok(code)
}

/// The Rust path of a proto package or message.
fn module(name: &str) -> String {
    name.trim_start_matches('.').replace(".type.", ".r#type.").replace('.', "::")
}

/// `impl PeerRequest` for what siblings tell each other, and the way to the variables of those that have some.
fn peers(set: &FileDescriptorSet) -> Result<String, std::fmt::Error> {
    let (mut code, mut arms) = (String::new(), String::new());
    let messages = |name: &str| {
        let of = |file: &FileDescriptorProto| {
            file.message_type.iter().find(|m| name == format!(".{}.{}", file.package(), m.name())).cloned()
        };
        set.file.iter().find_map(of)
    };
    for file in &set.file {
        for service in file.service.iter().filter(|service| service.name().ends_with("PeerService")) {
            for method in &service.method {
                let Some(message) = messages(method.input_type()) else { continue };
                let has = |name: &str| message.field.iter().any(|f| f.name() == name);
                if !has("origin") {
                    continue;
                }
                let request = format!("crate::{}", module(method.input_type()));
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                writeln!(code, "impl crate::PeerRequest for {request} {{")?;
                writeln!(code, "    const METHOD: &'static str = \"{path}\";")?;
                writeln!(
                    code,
                    "    fn set_origin(&mut self, origin: crate::types::Origin) {{ self.origin = Some(origin); }}\n}}"
                )?;
                if has("variables") {
                    writeln!(
                        arms,
                        "        \"{path}\" => {{ let mut message = <{request} as ::prost::Message>::decode(payload.as_slice())?; edit(&mut message.variables)?; Ok(::prost::Message::encode_to_vec(&message)) }}"
                    )?;
                }
            }
        }
    }
    writeln!(code, "/// The encoded request of this method, with its variables edited where it has some.")?;
    writeln!(
        code,
        "pub fn edit_variables<E: From<::prost::DecodeError>>(method: &str, payload: Vec<u8>, edit: impl FnOnce(&mut [crate::types::Variable]) -> Result<(), E>) -> Result<Vec<u8>, E> {{"
    )?;
    writeln!(code, "    match method {{\n{arms}        _ => Ok(payload),\n    }}\n}}")?;
    Ok(code)
}

/// `impl ErrorReason` for each package's enum `Reason`: its names without the prefix, its package as the domain.
fn reasons(set: &FileDescriptorSet) -> Result<String, std::fmt::Error> {
    let mut code = String::new();
    for file in set.file.iter().filter(|f| f.package().starts_with("linkage.")) {
        let module = module(file.package());
        for reason in file.enum_type.iter().filter(|e| e.name() == "Reason") {
            writeln!(code, "impl crate::ErrorReason for crate::{module}::Reason {{")?;
            writeln!(code, "    fn domain(&self) -> &'static str {{ \"{}\" }}", file.package())?;
            writeln!(code, "    fn reason(&self) -> &'static str {{ match self {{")?;
            for value in &reason.value {
                let name = value.name().trim_start_matches("REASON_");
                let variant: String = name.split('_').map(|w| w[..1].to_owned() + &w[1..].to_lowercase()).collect();
                writeln!(code, "        Self::{variant} => \"{name}\",")?;
            }
            writeln!(code, "    }} }}\n}}")?;
        }
    }
    Ok(code)
}

/// The path of every method, so that nobody unpacks the descriptors to know them.
fn methods(set: &FileDescriptorSet) -> Result<String, std::fmt::Error> {
    let mut paths = Vec::new();
    for file in &set.file {
        for service in &file.service {
            paths.extend(service.method.iter().map(|m| format!("/{}.{}/{}", file.package(), service.name(), m.name())));
        }
    }
    paths.sort();
    let mut code = String::from("/// The path of every method of every package, in order.\n");
    writeln!(code, "pub const METHODS: &[&str] = &{paths:?};")?;
    Ok(code)
}

fn one_request(code: &mut String, module: &str, message: &DescriptorProto) -> Result<(), std::fmt::Error> {
    let has = |name: &str| message.field.iter().any(|f| f.name() == name);
    writeln!(code, "impl crate::Request for crate::{module}::{} {{", message.name())?;
    if has("request_id") {
        writeln!(code, "    fn request_id(&self) -> Option<&str> {{ Some(&self.request_id) }}")?;
        writeln!(
            code,
            "    fn payload(&self) -> Vec<u8> {{ let mut copy = self.clone(); copy.request_id.clear(); ::prost::Message::encode_to_vec(&copy) }}"
        )?;
    }
    if has("origin") {
        writeln!(code, "    fn origin(&self) -> Option<&crate::types::Origin> {{ self.origin.as_ref() }}")?;
    }
    if has("etag") {
        writeln!(code, "    fn etag(&self) -> Option<&str> {{ Some(&self.etag) }}")?;
    }
    if has("page_token") {
        writeln!(code, "    fn page(&self) -> Option<(i32, &str)> {{ Some((self.page_size, &self.page_token)) }}")?;
        writeln!(
            code,
            "    fn filter(&self) -> Vec<u8> {{ let mut copy = self.clone(); copy.page_token.clear(); copy.page_size = 0; ::prost::Message::encode_to_vec(&copy) }}"
        )?;
    }
    if has("resume_token") {
        writeln!(
            code,
            "    fn filter(&self) -> Vec<u8> {{ let mut copy = self.clone(); copy.resume_token.clear(); ::prost::Message::encode_to_vec(&copy) }}"
        )?;
    }
    if has("validate_only") {
        writeln!(code, "    fn validate_only(&self) -> bool {{ self.validate_only }}")?;
    }
    writeln!(code, "}}")
}
