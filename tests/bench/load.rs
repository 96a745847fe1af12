//! A closed loop of callers: each sends its next call when the last one was answered.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tonic::Status;

/// The longest time a call is told to have taken, in microseconds; longer ones count as this.
const LONGEST_MICROS: u64 = 600_000_000;

/// How many call, and for how long.
#[derive(Clone, Copy)]
pub struct Load {
    /// How many calls are under way at any moment.
    pub in_flight: usize,
    /// How long they call before it counts.
    pub warm_up: Duration,
    /// How long they call then.
    pub lasting: Duration,
}

/// What a turn of calls came to.
pub struct Sample {
    /// How long each answered call took, in microseconds.
    pub latencies: Histogram<u64>,
    /// How many calls failed.
    pub errors: u64,
    /// What the first of them failed of.
    pub first_error: Option<String>,
    /// How long it was counted.
    pub lasted: Duration,
    /// How much processor time the side that is measured took meanwhile.
    pub cpu: Duration,
}

impl Sample {
    /// Nothing was called yet.
    pub fn nothing() -> Result<Self> {
        let latencies = Histogram::new_with_bounds(1, LONGEST_MICROS, 3)?;
        Ok(Self { latencies, errors: 0, first_error: None, lasted: Duration::ZERO, cpu: Duration::ZERO })
    }

    /// Counts an answered call.
    pub fn count(&mut self, took: Duration) {
        self.latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST_MICROS).max(1));
    }

    /// Counts what another turn, or another caller in this one, came to.
    pub fn add(&mut self, other: Self) -> Result<()> {
        self.latencies.add(other.latencies)?;
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        self.lasted += other.lasted;
        self.cpu += other.cpu;
        Ok(())
    }

    /// How many calls were answered a second.
    pub fn throughput(&self) -> f64 {
        if self.lasted.is_zero() { 0.0 } else { precise(self.latencies.len()) / self.lasted.as_secs_f64() }
    }
}

/// A count as a figure to reckon with.
#[expect(clippy::cast_precision_loss, reason = "no count here has more than fifteen digits")]
pub fn precise(count: u64) -> f64 {
    count as f64
}

impl Load {
    /// Calls in a closed loop; `call` is told which of the callers it is. `cpu` reads the processor time of the measured side.
    pub async fn run<C, F>(self, cpu: impl Fn() -> Result<Duration>, call: C) -> Result<Sample>
    where
        C: Fn(usize) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Status>> + Send,
    {
        let begin = Instant::now() + self.warm_up;
        let end = begin + self.lasting;
        let (call, all) = (Arc::new(call), Arc::new(Mutex::new(Sample::nothing()?)));
        let mut callers = JoinSet::new();
        for caller in 0..self.in_flight {
            let (call, all) = (Arc::clone(&call), Arc::clone(&all));
            callers.spawn(async move {
                let own = until(begin, end, || call(caller)).await?;
                all.lock().unwrap_or_else(PoisonError::into_inner).add(own)
            });
        }
        tokio::time::sleep_until(begin.into()).await;
        let before = cpu()?;
        tokio::time::sleep_until(end.into()).await;
        let took = cpu()?.saturating_sub(before);
        while let Some(ended) = callers.join_next().await {
            ended.context("a caller panicked")??;
        }
        let sample = Arc::into_inner(all).context("a caller goes on")?;
        let sample = sample.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Sample { lasted: self.lasting, cpu: took, ..sample })
    }
}

/// Calls one after another, and counts what was answered between two moments.
async fn until<F>(begin: Instant, end: Instant, call: impl Fn() -> F) -> Result<Sample>
where
    F: Future<Output = Result<(), Status>>,
{
    let mut own = Sample::nothing()?;
    let mut sent = Instant::now();
    while sent < end {
        let outcome = call().await;
        let answered = Instant::now();
        match outcome {
            Ok(()) if begin <= answered && answered < end => own.count(answered - sent),
            Ok(()) => {}
            Err(status) => {
                own.errors += 1;
                own.first_error.get_or_insert_with(|| format!("{:?}: {}", status.code(), status.message()));
                // A server that refuses at once is not asked again at once.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        sent = answered;
    }
    Ok(own)
}
