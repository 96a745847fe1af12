use clap::Parser as _;

use super::*;

#[test]
fn flag_wins_over_the_file_and_the_file_over_the_default() {
    let file: Settings = toml::from_str("listen = \"127.0.0.1:7000\"\nmail_from = \"desk@example.org\"").unwrap();
    let flags = Settings { listen: Some("127.0.0.1:9000".parse().unwrap()), ..Settings::default() };

    let settings = flags.over(file);

    assert_eq!(settings.listen(), "127.0.0.1:9000".parse().unwrap());
    assert_eq!(settings.sender().unwrap().address.as_str(), "desk@example.org");
    assert_eq!(settings.data_folder(), PathBuf::from("attache-data"));
}

#[test]
fn rate_of_0_is_no_limit_and_60_the_default() {
    let rate = |public_rate| {
        Settings { public_rate, ..Settings::default() }.limits().unwrap().calls_per_minute.map(NonZeroU32::get)
    };

    assert_eq!([rate(None), rate(Some(0)), rate(Some(5))], [Some(60), None, Some(5)]);
}

#[test]
fn bad_setting_is_told_in_one_sentence() {
    let settings = Settings {
        database_url: Some("mysql://localhost/attache".to_owned()),
        mail_from: Some("nobody".to_owned()),
        cors_origins: vec!["example.org".to_owned()],
        public_url: Some("ftp://x".to_owned()),
        tls_key: Some(PathBuf::from("key.pem")),
        client_address_header: Some("x forwarded for".to_owned()),
        ..Settings::default()
    };

    let told = [
        settings.database().unwrap_err().to_string(),
        settings.sender().unwrap_err().to_string(),
        settings.cors_origins().unwrap_err().to_string(),
        settings.public_url(settings.listen()).unwrap_err().to_string(),
        settings.personal_page("https://x").unwrap_err().to_string(),
        settings.tls().unwrap_err().to_string(),
        settings.limits().unwrap_err().to_string(),
    ];

    assert_eq!(
        told,
        [
            "the setting database_url is not an address of PostgreSQL beginning with postgres://",
            "the setting mail_from is not an e-mail address",
            "the setting cors_origins is not an origin such as https://organisers.example.org",
            "the setting public_url is not a web address beginning with http:// or https://",
            "the setting personal_page is not a web address beginning with http:// or https://, without a #",
            "the setting tls_certificate is missing beside tls_key",
            "the setting client_address_header is not the name of a header such as x-forwarded-for",
        ]
    );
}

/// The settings as the program reads them.
#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

fn given(arguments: &[&str]) -> Settings {
    Line::parse_from([&["attache-server"], arguments].concat()).settings
}

/// Writes a file of a test, which removes it.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("attache-settings-{}-{name}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn secret_is_read_from_its_file_without_the_line_break_at_its_end() {
    let (database, smtp) =
        (file("database", b"postgres://attache:p w@db/attache\n"), file("smtp", b"smtp://desk:secret@mail\r\n"));
    let arguments = ["--database-url-file", database.to_str().unwrap(), "--smtp-url-file", smtp.to_str().unwrap()];

    let settings = given(&arguments).complete().ok().unwrap();

    fs::remove_file(database).unwrap();
    fs::remove_file(smtp).unwrap();
    assert_eq!(settings.database_url.as_deref(), Some("postgres://attache:p w@db/attache"));
    assert_eq!(settings.smtp_url.as_deref(), Some("smtp://desk:secret@mail"));
}

#[test]
fn secret_of_an_earlier_place_is_given_in_either_way() {
    let text = toml::from_str::<Settings>("smtp_url = \"smtp://file\"\ndatabase_url_file = \"file\"").ok().unwrap();

    let settings = given(&["--smtp-url-file", "flag", "--database-url", "postgres://flag"]).over(text);

    assert_eq!((settings.smtp_url, settings.smtp_url_file), (None, Some(PathBuf::from("flag"))));
    assert_eq!((settings.database_url.as_deref(), settings.database_url_file), (Some("postgres://flag"), None));
}

#[test]
fn secret_that_is_given_twice_or_not_to_be_read_is_refused_and_not_told() {
    let (empty, binary, absent) =
        (file("empty", b"\n"), file("binary", b"secret\xff"), PathBuf::from("/nowhere/secret"));
    let told = |settings: Settings| settings.complete().err().unwrap().to_string();
    let smtp_in = |path: &PathBuf| told(Settings { smtp_url_file: Some(path.clone()), ..Settings::default() });

    let twice = told(Settings { database_url_file: Some(empty.clone()), ..given(&["--database-url", "secret"]) });
    let unusable = [&empty, &binary, &absent].map(smtp_in);

    fs::remove_file(&empty).unwrap();
    fs::remove_file(&binary).unwrap();
    assert_eq!(twice, "the settings database_url and database_url_file are both given; one of them is enough");
    assert_eq!(
        unusable,
        [
            format!("the smtp_url_file {} is empty", empty.display()),
            format!("the smtp_url_file {} is not text", binary.display()),
            "the smtp_url_file /nowhere/secret cannot be read".to_owned(),
        ]
    );
}

/// All settings but the file's own, as the file may have them.
const FILE: &str = r#"
listen = "127.0.0.1:7000"
data_folder = "data"
database_url = "postgres://db/attache"
database_url_file = "database"
public_url = "https://attache.example.org"
personal_page = "https://example.org/me"
vault_key_file = "key"
smtp_url = "smtp://mail"
smtp_url_file = "smtp"
mail_from = "desk@example.org"
mail_from_name = "The desk"
cors_origins = ["https://one.example.org", "https://two.example.org"]
public_rate = 5
client_address_header = "x-forwarded-for"
tls_certificate = "chain.pem"
tls_key = "key.pem"
no_migrate = true
log_format = "json"
log = "debug"
"#;

#[test]
fn setting_has_one_name_as_flag_as_variable_and_in_the_file_and_its_help_says_what_it_is() {
    let command = <Line as clap::CommandFactory>::command();
    let in_file: toml::Table = toml::from_str(FILE).unwrap();

    let settings: Vec<_> = command.get_arguments().filter(|setting| setting.get_env().is_some()).collect();
    for setting in &settings {
        let name = setting.get_id().as_str();
        assert_eq!(setting.get_env(), Some(format!("ATTACHE_{}", name.to_uppercase()).as_ref()), "{name}");
        let flags = setting.get_long_and_visible_aliases().unwrap();
        assert!(flags.contains(&name.replace('_', "-").as_str()), "{name}");
        assert!(setting.get_help().is_some(), "{name}");
        assert!(in_file.contains_key(name) || name == "config", "{name}");
    }

    assert_eq!(settings.len(), in_file.len() + 1);
    let read: Settings = toml::from_str(FILE).ok().unwrap();
    assert_eq!(told(&read), TOLD);
}

/// What [`FILE`] and the variables of the same names say.
const TOLD: &str = r#"Some(127.0.0.1:7000) Some("data") Some("postgres://db/attache") Some("database") Some("https://attache.example.org") Some("https://example.org/me") Some("key") Some("smtp://mail") Some("smtp") Some("desk@example.org") Some("The desk") ["https://one.example.org", "https://two.example.org"] Some(5) Some("x-forwarded-for") Some("chain.pem") Some("key.pem") true Some(Json) Some("debug")"#;

/// Tells every setting, which the settings themselves do not because of their secrets.
fn told(settings: &Settings) -> String {
    let Settings {
        listen,
        data_folder,
        database_url,
        database_url_file,
        public_url,
        personal_page,
        vault_key_file,
        smtp_url,
        smtp_url_file,
        mail_from,
        mail_from_name,
        cors_origins,
        public_rate,
        client_address_header,
        tls_certificate,
        tls_key,
        no_migrate,
        log_format,
        log,
        config: _,
    } = settings;
    format!(
        "{listen:?} {data_folder:?} {database_url:?} {database_url_file:?} {public_url:?} {personal_page:?} {vault_key_file:?} {smtp_url:?} \
         {smtp_url_file:?} {mail_from:?} {mail_from_name:?} {cors_origins:?} {public_rate:?} {client_address_header:?} \
         {tls_certificate:?} {tls_key:?} {no_migrate:?} {log_format:?} {log:?}"
    )
}

/// Says to the process that the next test starts that it is to tell its settings.
const TELLING: &str = "SETTINGS_TEST_TELLING";

/// Not a test of its own: the process with the variables runs it and nothing else.
#[test]
fn settings_of_this_process() {
    if std::env::var_os(TELLING).is_some() {
        println!("\n{}", told(&given(&[])));
    }
}

#[test]
fn variables_set_every_setting() {
    let in_file: toml::Table = toml::from_str(FILE).unwrap();
    let written = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(texts) => texts.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(","),
        toml::Value::Integer(count) => count.to_string(),
        toml::Value::Boolean(yes) => yes.to_string(),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => {
            panic!("no setting is like {value:?}")
        }
    };
    let variables = in_file.iter().map(|(name, value)| (format!("ATTACHE_{}", name.to_uppercase()), written(value)));

    let process = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "settings::tests::settings_of_this_process", "--nocapture"])
        .envs(variables)
        .env(TELLING, "1")
        .output()
        .unwrap();

    assert!(String::from_utf8(process.stdout).unwrap().lines().any(|line| line == TOLD));
}
