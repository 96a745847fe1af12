//! How often one address may call without a valid token: a letter's page, a released schedule, and every try at a token.
//!
//! The count is kept in memory, by each server for itself. A caller with a valid token is not counted, so that whoever shares an address with
//! many (a hotel, a venue) goes on working while the others wait.
//!
//! **Invariant:** however many addresses call, the table of them does not grow beyond its bound; what it forgets first is who was not heard of
//! for longest.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use attache_domain::resource::TokenId;
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, nanos::Nanos, state::StateStore};
use http::{HeaderMap, HeaderName, Request};
use tonic::transport::server::TcpConnectInfo;

use crate::clock::Clock;

/// How many are remembered in each of the two generations of the table; an entry takes about a hundred bytes.
const GENERATION: usize = 32_768;

/// What the settings say about callers without a valid token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// How many calls a minute one address may make, and as many at once after a pause; any number, when `None`.
    pub calls_per_minute: Option<NonZeroU32>,
    /// The header in which a proxy tells whose call it passes on; the address of the connection counts, when `None`.
    pub address_header: Option<HeaderName>,
}

/// Says that somebody calls too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    /// How long to stay away.
    pub wait: Duration,
}

/// Where a call comes from, as far as one caller can be told from another: an IPv4 address, or the /64 network of an IPv6 address, all of
/// which belongs to whoever has one address in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin(IpAddr);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Count {
    /// Calls without a valid token.
    Calls(Origin),
    /// Wrong secrets for one token. They are counted for themselves too, so that who guesses is shut out even from the right guess, and nobody
    /// else at their address is.
    Guesses(Origin, TokenId),
}

/// Counts the calls.
pub struct Limits {
    limiter: Option<RateLimiter<Measure, Table, Clock, NoOpMiddleware<Duration>>>,
    address_header: Option<HeaderName>,
}

impl Limits {
    /// Begins to count by a policy.
    pub fn new(policy: Policy, clock: Clock) -> Self {
        let Policy { calls_per_minute, address_header } = policy;
        let limiter = calls_per_minute.map(|rate| RateLimiter::new(Quota::per_minute(rate), Table::default(), clock));
        Self { limiter, address_header }
    }

    /// Tells where a request comes from.
    ///
    /// Of a list of addresses in the header the last one counts: it is the one that the proxy in front of this server saw and added, while its
    /// caller may have written any others.
    pub fn origin<B>(&self, request: &Request<B>) -> Origin {
        let told = self.address_header.as_ref().and_then(|header| last_address(request.headers(), header));
        let peer = || request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
        Origin::from(told.or_else(|| Some(peer()?.ip())).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// Counts one more.
    pub fn count(&self, count: Count) -> Result<(), TooOften> {
        self.measure(Measure { count, adds: true })
    }

    /// Tells whether one more would be too many, without counting it.
    pub fn look(&self, count: Count) -> Result<(), TooOften> {
        self.measure(Measure { count, adds: false })
    }

    fn measure(&self, measure: Measure) -> Result<(), TooOften> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let measured = limiter.check_key(&measure);
        measured.map_err(|until| TooOften { wait: until.wait_time_from(limiter.clock().running()) })
    }
}

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        })
    }
}

fn last_address(headers: &HeaderMap, header: &HeaderName) -> Option<IpAddr> {
    let last = headers.get_all(header).iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok().or_else(|| last.parse().ok().map(|socket: SocketAddr| socket.ip()))
}

/// Time for the limiter: it goes on when the machine's clock is set back.
impl governor::clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.running()
    }
}

/// A count, and whether it grows by being looked at.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Measure {
    count: Count,
    adds: bool,
}

/// Who called lately, in two generations: when the younger one is full it becomes the older one, and the older one is forgotten.
#[derive(Default)]
struct Table(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Count, Nanos>,
    old: HashMap<Count, Nanos>,
}

impl StateStore for Table {
    type Key = Measure;

    fn measure_and_replace<T, F, E>(&self, measure: &Measure, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Measure { count, adds } = measure;
        let (let_through, after) = decide(generations.get(count))?;
        if *adds {
            generations.put(*count, after);
        }
        Ok(let_through)
    }
}

impl Generations {
    fn get(&self, count: &Count) -> Option<Nanos> {
        self.young.get(count).or_else(|| self.old.get(count)).copied()
    }

    fn put(&mut self, count: Count, state: Nanos) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&count) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(count, state);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn limits(rate: u32, clock: &Clock) -> Limits {
        Limits::new(Policy { calls_per_minute: NonZeroU32::new(rate), address_header: None }, clock.clone())
    }

    fn calls(address: &str) -> Count {
        Count::Calls(Origin::from(address.parse::<IpAddr>().unwrap()))
    }

    #[test]
    fn address_is_let_through_so_often_and_again_when_time_has_passed() {
        let clock = Clock::default();
        let limits = limits(2, &clock);

        let first = [1, 2, 3].map(|_| limits.count(calls("192.0.2.1")).is_ok());
        let other = limits.count(calls("192.0.2.2"));
        let wait = limits.look(calls("192.0.2.1")).unwrap_err().wait;
        clock.advance(TimeDelta::seconds(30));
        let then = [1, 2].map(|_| limits.count(calls("192.0.2.1")).is_ok());

        assert_eq!((first, other, then), ([true, true, false], Ok(()), [true, false]));
        assert!(wait > Duration::from_secs(29) && wait <= Duration::from_secs(30), "{wait:?}");
    }

    #[test]
    fn look_counts_nothing() {
        let limits = limits(1, &Clock::default());

        let looks = [1, 2, 3].map(|_| limits.look(calls("192.0.2.1")));

        assert_eq!((looks, limits.count(calls("192.0.2.1"))), ([Ok(()); 3], Ok(())));
    }

    #[test]
    fn addresses_that_one_caller_may_have_are_one() {
        let same = |one, other| calls(one) == calls(other);

        assert!(same("2001:db8:1:2::3", "2001:db8:1:2:ffff::"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("2001:db8:1:2::3", "2001:db8:1:3::3"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn address_is_the_last_one_that_the_trusted_header_tells() {
        let header = HeaderName::from_static("x-forwarded-for");
        let told = |lines: &[&str]| {
            let lines = lines.iter().map(|line| (header.clone(), line.parse().unwrap()));
            last_address(&lines.collect(), &header).map(|address| address.to_string())
        };

        assert_eq!(told(&["203.0.113.9, 192.0.2.1"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(told(&["203.0.113.9", "192.0.2.1:5000"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(told(&["[2001:db8::1]:5000"]).as_deref(), Some("2001:db8::1"));
        assert_eq!([told(&["192.0.2.1, unknown"]), told(&[])], [None, None]);
    }

    #[test]
    fn table_stays_within_its_bound_and_remembers_who_goes_on_calling() {
        let mut generations = Generations::default();
        let address = |number: u32| Count::Calls(Origin(IpAddr::V4(Ipv4Addr::from_bits(number))));
        let loud = calls("192.0.2.1");
        let bound = u32::try_from(GENERATION).unwrap();

        for number in 0..3 * bound {
            generations.put(address(number), Nanos::new(1));
            if number % 1000 == 0 {
                generations.put(loud, Nanos::new(7));
            }
            assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
        }

        assert_eq!(generations.get(&loud), Some(Nanos::new(7)));
        assert_eq!(
            [generations.get(&address(0)), generations.get(&address(3 * bound - 1))],
            [None, Some(Nanos::new(1))]
        );
    }
}
