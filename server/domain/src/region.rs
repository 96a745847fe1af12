//! Countries and territories by their ISO 3166-1 codes: two letters in addresses and on forms, three in passports.
//!
//! A code says nothing about what a place is called or how it is shown; the organiser chooses that.
//!
//! **Invariant:** a [`RegionCode`] is an assigned ISO 3166-1 alpha-2 code in capitals.

use std::{fmt, str::FromStr};

/// Says that a text is not an assigned ISO 3166-1 alpha-2 code in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 3166-1 alpha-2 region code in capitals")]
pub struct UnknownRegion;

/// Names the country or territory of an address, a nationality or a destination, such as `CN` or `PK`.
///
/// Ordered by the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode {
    alpha2: &'static str,
    alpha3: &'static str,
}

impl RegionCode {
    /// Reads a two-letter code; capitals are required, as in every stored and printed form.
    pub fn parse(code: &str) -> Result<Self, UnknownRegion> {
        Self::all().find(|region| region.alpha2 == code).ok_or(UnknownRegion)
    }

    /// Finds the region of a three-letter code, such as the `PAK` of a passport.
    pub fn from_alpha3(code: &str) -> Option<Self> {
        Self::all().find(|region| region.alpha3 == code)
    }

    /// Gives every assigned code in order.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|pair| pair.split_at(2)).map(|(alpha2, alpha3)| Self { alpha2, alpha3 })
    }

    /// Gives the two-letter code.
    pub fn as_str(&self) -> &'static str {
        self.alpha2
    }

    /// Gives the three-letter code, which is also the passport's except for Germany.
    pub fn alpha3(&self) -> &'static str {
        self.alpha3
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.alpha2)
    }
}

impl FromStr for RegionCode {
    type Err = UnknownRegion;

    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        Self::parse(code)
    }
}

/// ISO 3166-1, the two-letter and the three-letter code of each entry written together.
const CODES: [&str; 249] = [
    "ADAND", "AEARE", "AFAFG", "AGATG", "AIAIA", "ALALB", "AMARM", "AOAGO", "AQATA", "ARARG", "ASASM", "ATAUT",
    "AUAUS", "AWABW", "AXALA", "AZAZE", "BABIH", "BBBRB", "BDBGD", "BEBEL", "BFBFA", "BGBGR", "BHBHR", "BIBDI",
    "BJBEN", "BLBLM", "BMBMU", "BNBRN", "BOBOL", "BQBES", "BRBRA", "BSBHS", "BTBTN", "BVBVT", "BWBWA", "BYBLR",
    "BZBLZ", "CACAN", "CCCCK", "CDCOD", "CFCAF", "CGCOG", "CHCHE", "CICIV", "CKCOK", "CLCHL", "CMCMR", "CNCHN",
    "COCOL", "CRCRI", "CUCUB", "CVCPV", "CWCUW", "CXCXR", "CYCYP", "CZCZE", "DEDEU", "DJDJI", "DKDNK", "DMDMA",
    "DODOM", "DZDZA", "ECECU", "EEEST", "EGEGY", "EHESH", "ERERI", "ESESP", "ETETH", "FIFIN", "FJFJI", "FKFLK",
    "FMFSM", "FOFRO", "FRFRA", "GAGAB", "GBGBR", "GDGRD", "GEGEO", "GFGUF", "GGGGY", "GHGHA", "GIGIB", "GLGRL",
    "GMGMB", "GNGIN", "GPGLP", "GQGNQ", "GRGRC", "GSSGS", "GTGTM", "GUGUM", "GWGNB", "GYGUY", "HKHKG", "HMHMD",
    "HNHND", "HRHRV", "HTHTI", "HUHUN", "IDIDN", "IEIRL", "ILISR", "IMIMN", "ININD", "IOIOT", "IQIRQ", "IRIRN",
    "ISISL", "ITITA", "JEJEY", "JMJAM", "JOJOR", "JPJPN", "KEKEN", "KGKGZ", "KHKHM", "KIKIR", "KMCOM", "KNKNA",
    "KPPRK", "KRKOR", "KWKWT", "KYCYM", "KZKAZ", "LALAO", "LBLBN", "LCLCA", "LILIE", "LKLKA", "LRLBR", "LSLSO",
    "LTLTU", "LULUX", "LVLVA", "LYLBY", "MAMAR", "MCMCO", "MDMDA", "MEMNE", "MFMAF", "MGMDG", "MHMHL", "MKMKD",
    "MLMLI", "MMMMR", "MNMNG", "MOMAC", "MPMNP", "MQMTQ", "MRMRT", "MSMSR", "MTMLT", "MUMUS", "MVMDV", "MWMWI",
    "MXMEX", "MYMYS", "MZMOZ", "NANAM", "NCNCL", "NENER", "NFNFK", "NGNGA", "NINIC", "NLNLD", "NONOR", "NPNPL",
    "NRNRU", "NUNIU", "NZNZL", "OMOMN", "PAPAN", "PEPER", "PFPYF", "PGPNG", "PHPHL", "PKPAK", "PLPOL", "PMSPM",
    "PNPCN", "PRPRI", "PSPSE", "PTPRT", "PWPLW", "PYPRY", "QAQAT", "REREU", "ROROU", "RSSRB", "RURUS", "RWRWA",
    "SASAU", "SBSLB", "SCSYC", "SDSDN", "SESWE", "SGSGP", "SHSHN", "SISVN", "SJSJM", "SKSVK", "SLSLE", "SMSMR",
    "SNSEN", "SOSOM", "SRSUR", "SSSSD", "STSTP", "SVSLV", "SXSXM", "SYSYR", "SZSWZ", "TCTCA", "TDTCD", "TFATF",
    "TGTGO", "THTHA", "TJTJK", "TKTKL", "TLTLS", "TMTKM", "TNTUN", "TOTON", "TRTUR", "TTTTO", "TVTUV", "TWTWN",
    "TZTZA", "UAUKR", "UGUGA", "UMUMI", "USUSA", "UYURY", "UZUZB", "VAVAT", "VCVCT", "VEVEN", "VGVGB", "VIVIR",
    "VNVNM", "VUVUT", "WFWLF", "WSWSM", "YEYEM", "YTMYT", "ZAZAF", "ZMZMB", "ZWZWE",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_capitals_only() {
        let china = RegionCode { alpha2: "CN", alpha3: "CHN" };

        assert_eq!("CN".parse(), Ok(china));
        assert_eq!(RegionCode::from_alpha3("CHN"), Some(china));
        for text in ["cn", "Cn", "CHN", "C", "", "ZZ", "XK", "UK", "CN "] {
            assert_eq!(RegionCode::parse(text), Err(UnknownRegion), "{text:?}");
        }
    }

    #[test]
    fn the_two_and_three_letters_belong_together() {
        let pairs = ["PK", "CN", "DE", "GB", "CH", "TW", "HK", "MO", "AE", "SA", "US", "KZ"]
            .map(|code| RegionCode::parse(code).map(|region| region.alpha3()));

        assert_eq!(pairs, ["PAK", "CHN", "DEU", "GBR", "CHE", "TWN", "HKG", "MAC", "ARE", "SAU", "USA", "KAZ"].map(Ok));
    }

    #[test]
    fn the_table_is_in_order_and_every_code_stands_once() {
        let all: Vec<_> = RegionCode::all().collect();
        let mut alpha3: Vec<_> = all.iter().map(RegionCode::alpha3).collect();
        alpha3.sort_unstable();
        alpha3.dedup();

        assert!(all.is_sorted_by(|one, other| one < other));
        assert!(CODES.iter().all(|code| code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
        assert_eq!(alpha3.len(), all.len());
    }
}
