use super::*;

/// A folder that goes with the test.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        Self(env::temp_dir().join(format!("attache-profiles-{}", attache_client::fresh_request_id())))
    }

    fn file(&self) -> PathBuf {
        self.0.join("attache").join("profiles.toml")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn wrong(trouble: Trouble) -> String {
    assert_eq!(trouble.exit_code(), 2);
    trouble.tell()
}

fn office() -> Profile {
    Profile {
        address: "https://attache.example.org".to_owned(),
        token_file: Some("/home/li \"wei\"/token".into()),
        ca: None,
    }
}

#[test]
fn a_profile_that_was_added_is_found_and_what_else_is_in_the_file_stays() {
    let home = Home::new();
    let path = home.file();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let by_hand = "# Ours\n[demo]\naddress = \"http://127.0.0.1:50051\"\nca = \"demo.pem\"";
    fs::write(&path, by_hand).unwrap();

    add(&path, "office", &office()).unwrap();

    assert_eq!(find_in(&path, "office").unwrap(), office());
    let demo = Profile {
        address: "http://127.0.0.1:50051".to_owned(),
        token_file: None,
        ca: Some(path.with_file_name("demo.pem")),
    };
    assert_eq!(find_in(&path, "demo").unwrap(), demo);
    assert!(fs::read_to_string(&path).unwrap().starts_with(by_hand));
}

#[test]
fn a_profile_is_found_from_home() {
    let token_file = found_from(Path::new("/config"), Path::new("~/.attache-token"));

    assert_eq!(Some(token_file), env::home_dir().map(|home| home.join(".attache-token")));
}

#[test]
fn a_profile_that_cannot_be_is_refused() {
    let home = Home::new();
    let path = home.file();
    add(&path, "office", &office()).unwrap();
    let spread = Profile { address: "https://\n".to_owned(), ..office() };

    let refused = [
        wrong(add(&path, "office", &office()).unwrap_err()),
        wrong(add(&path, "our office", &office()).unwrap_err()),
        wrong(add(&path, "other", &spread).unwrap_err()),
        wrong(find_in(&path, "demo").unwrap_err()),
    ];

    let place = path.display();
    assert_eq!(
        refused,
        [
            format!("error: there is a profile \"office\" in {place} already\n"),
            "error: \"our office\" is no name for a profile: letters, digits, - and _ are\n".to_owned(),
            "error: \"https://\\n\" has a control character in it\n".to_owned(),
            format!("error: there is no profile \"demo\" in {place}; there is office\n"),
        ]
    );
}

#[test]
fn a_token_in_the_file_is_refused_and_not_told() {
    let home = Home::new();
    let path = home.file();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "[office]\naddress = \"http://127.0.0.1:50051\"\ntoken = \"s3cret\"\n").unwrap();

    let told = wrong(find_in(&path, "office").unwrap_err());

    assert!(told.contains("unknown field `token`") && !told.contains("s3cret"), "{told}");
}
