//! A browser: gRPC-Web over a TLS connection of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll},
};

use anyhow::Result;
use http::{Request, Response, Version};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tonic::{
    body::Body,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};
use tonic_web::{GrpcWebCall, GrpcWebClientLayer, GrpcWebClientService};
use tower::{Layer as _, Service};

/// Calls as a page does that a browser shows. Clones share the connection.
pub type Browser = GrpcWebClientService<OverHttp2>;

/// An authority that browsers trust.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes one.
    pub fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// Writes a certificate for a server on this machine, and its key, into a folder.
    pub fn certify(&self, folder: &Path) -> Result<(PathBuf, PathBuf)> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.signed_by(&key, &self.issuer)?;
        let (chain, key_file) = (folder.join("chain.pem"), folder.join("key.pem"));
        fs::write(&chain, certificate.pem())?;
        fs::write(&key_file, key.serialize_pem())?;
        Ok((chain, key_file))
    }
}

/// A connection that speaks HTTP/2 whatever version the layer above it writes into a request.
#[derive(Clone)]
pub struct OverHttp2(Channel);

/// Opens a connection to a server that the authority signed for.
pub async fn open(address: &str, authority: &Authority) -> Result<Browser> {
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&authority.certificate));
    let channel = Endpoint::from_shared(address.to_owned())?.tls_config(tls)?.connect().await?;
    Ok(GrpcWebClientLayer::new().layer(OverHttp2(channel)))
}

impl Service<Request<GrpcWebCall<Body>>> for OverHttp2 {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, tonic::transport::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), tonic::transport::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<GrpcWebCall<Body>>) -> Self::Future {
        let mut request = request.map(Body::new);
        *request.version_mut() = Version::HTTP_2;
        Box::pin(self.0.call(request))
    }
}
