//! A plain TCP balancer: connections go round among its targets, and it understands nothing of what they carry.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// A balancer; dropped, it takes no more connections.
pub struct Relay {
    /// Where it listens.
    pub address: SocketAddr,
    targets: watch::Sender<Vec<SocketAddr>>,
    accepting: JoinHandle<()>,
}

impl Relay {
    /// Opens one before some targets.
    pub async fn open(targets: Vec<SocketAddr>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (targets, aim) = watch::channel(targets);
        let accepting = tokio::spawn(accept(listener, aim));
        Ok(Self { address, targets, accepting })
    }

    /// Sends connections to other targets from now on, and cuts those that are open.
    pub fn aim(&self, targets: Vec<SocketAddr>) {
        self.targets.send_replace(targets);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, targets: watch::Receiver<Vec<SocketAddr>>) {
    let mut turn = 0;
    while let Ok((caller, _)) = listener.accept().await {
        let mut aimed = targets.clone();
        let target = {
            let targets = aimed.borrow_and_update();
            turn = (turn + 1) % targets.len().max(1);
            targets.get(turn).copied()
        };
        let Some(target) = target else { continue };
        tokio::spawn(async move {
            tokio::select! {
                _ = carry(caller, target) => {}
                _ = aimed.changed() => {}
            }
        });
    }
}

async fn carry(mut caller: TcpStream, target: SocketAddr) -> std::io::Result<()> {
    let mut called = TcpStream::connect(target).await?;
    caller.set_nodelay(true)?;
    called.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut caller, &mut called).await.map(drop)
}
