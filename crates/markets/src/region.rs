//! The regions of the programme, one line each.

use std::{fmt, str::FromStr};

/// Not a region of the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a region of the programme")]
pub struct UnknownRegion;

macro_rules! regions {
    ($($region:ident $code:literal),+ $(,)?) => {
        /// A region: partners link with partners, and sell to customers, only within one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RegionCode {
            $(#[doc = concat!("`", $code, "`")] $region,)+
        }

        impl RegionCode {
            /// Every region, in order.
            pub const ALL: &[RegionCode] = &[$(RegionCode::$region),+];

            /// The code, as in the table and in resource names.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(RegionCode::$region => $code,)+
                }
            }
        }
    };
}

regions! {
    Africa "AFRICA",
    AsiaPacific "ASIA_PACIFIC",
    Australia "AUSTRALIA",
    Brazil "BRAZIL",
    Canada "CANADA",
    China "CHINA",
    Europe "EUROPE",
    India "INDIA",
    Japan "JAPAN",
    Korea "KOREA",
    LatamCaribbean "LATAM_CARIBBEAN",
    MiddleEastCee "MIDDLE_EAST_CEE",
    NewZealand "NEW_ZEALAND",
    Taiwan "TAIWAN",
    UnitedStates "UNITED_STATES",
}

impl FromStr for RegionCode {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, UnknownRegion> {
        Self::ALL.iter().copied().find(|region| region.as_str() == text).ok_or(UnknownRegion)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}
