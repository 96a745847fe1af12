//! TLS from end to end: certificate files at the server, an authority at the client.

use std::{fs, path::Path};

use attache_client::{Code, Failure, Options, Retries, Token, connect, v1};
use attache_server::{
    app::chain,
    clock::Clock,
    installation::{self, Installation},
    settings::Settings,
};
use attache_tests::fresh_folder;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::{net::TcpListener, sync::oneshot};

/// An authority, the only one that signed the certificate of its server.
struct Authority {
    /// Its own certificate, PEM.
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// Writes a certificate for a server on this machine, and its key, into a folder; gives the settings that name them.
    fn settings(&self, folder: &Path) -> Settings {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let (chain, key_file) = (folder.join("chain.pem"), folder.join("key.pem"));
        fs::write(&chain, certificate.pem()).unwrap();
        fs::write(&key_file, key.serialize_pem()).unwrap();
        Settings {
            data_folder: Some(folder.join("data")),
            tls_certificate: Some(chain),
            tls_key: Some(key_file),
            ..Settings::default()
        }
    }
}

/// Two libraries bring a TLS provider each; the program chooses as this does.
fn choose_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn opened(settings: &Settings, listener: &TcpListener) -> Installation {
    installation::open(settings, listener.local_addr().unwrap(), Clock::default()).await.unwrap()
}

#[tokio::test]
async fn server_with_a_certificate_answers_who_trusts_its_authority_and_nobody_else() {
    choose_provider();
    let (folder, listener) = (fresh_folder(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (authority, another) = (Authority::new(), Authority::new());
    let Installation { server, owner_token } = opened(&authority.settings(&folder), &listener).await;
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(listener, async { stopped.await.unwrap_or_default() }));
    let who_am_i = async |scheme: &str, ca_certificate: Option<&Authority>| -> Result<v1::Member, Failure> {
        let options = Options {
            address: format!("{scheme}://{address}"),
            token: owner_token.as_deref().map(Token::new),
            ca_certificate: ca_certificate.map(|authority| authority.certificate.clone()),
            retries: Retries::NONE,
            ..Options::default()
        };
        Ok(connect(options).await?.access().who_am_i(v1::WhoAmIRequest {}).await?.into_inner())
    };

    let trusting = who_am_i("https", Some(&authority)).await.unwrap();
    let others = [who_am_i("https", Some(&another)).await, who_am_i("https", None).await, who_am_i("http", None).await];

    assert_eq!(trusting.display_name, "Owner");
    assert_eq!(others.map(|refused| refused.unwrap_err().code), [Code::Unavailable; 3]);
    drop(stop);
    serving.await.unwrap().unwrap();
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn certificate_that_cannot_be_read_stops_the_start_with_one_sentence() {
    choose_provider();
    let (folder, listener) = (fresh_folder(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let sound = Authority::new().settings(&folder);
    let absent = folder.join("absent.pem");
    let told = async |settings: &Settings| {
        let opened = installation::open(settings, listener.local_addr().unwrap(), Clock::default()).await;
        chain(&opened.err().unwrap())
    };

    let no_chain = told(&Settings { tls_certificate: Some(absent.clone()), ..sound.clone() }).await;
    let no_key = told(&Settings { tls_key: Some(absent.clone()), ..sound.clone() }).await;
    let half = told(&Settings { tls_key: None, ..sound }).await;

    let unread =
        |what: &str| format!("the {what} {} cannot be read: No such file or directory (os error 2)", absent.display());
    assert_eq!([no_chain, no_key], ["TLS certificate", "TLS key"].map(unread));
    assert_eq!(half, "the setting tls_key is missing beside tls_certificate");
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn certificate_that_is_none_stops_the_start_with_one_sentence() {
    choose_provider();
    let (folder, listener) = (fresh_folder(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let settings = Authority::new().settings(&folder);
    fs::write(settings.tls_certificate.as_ref().unwrap(), "no certificate").unwrap();
    let Installation { server, owner_token: _ } = opened(&settings, &listener).await;

    let refused = server.serve(listener, std::future::pending()).await.unwrap_err();

    assert_eq!(refused.to_string(), "the TLS certificate or key cannot be used");
    fs::remove_dir_all(folder).unwrap();
}
