//! Enums that are kept and told as short upper-case text.

/// Text that is none of an enum's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known codes")]
pub(crate) struct UnknownCode;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum $name { $($variant),+ }

        impl $name {
            /// All of them.
            #[cfg(test)]
            pub(crate) const ALL: &[$name] = &[$($name::$variant),+];

            pub(crate) const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::code::UnknownCode;

            fn from_str(text: &str) -> Result<$name, $crate::domain::code::UnknownCode> {
                match text { $($code => Ok($name::$variant),)+ _ => Err($crate::domain::code::UnknownCode) }
            }
        }
    };
}

pub(crate) use codes;
