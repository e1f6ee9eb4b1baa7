//! Floats as text in stored models: the JSON reader may miss a number's last bit, `str::parse` does not.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Floats that are stored as text, and lists of them.
pub(in super::super) trait Exact: Sized {
    type Text: Serialize + DeserializeOwned;

    /// The shortest text that reads back as this.
    fn text(&self) -> Self::Text;

    /// `None` for what is not a finite number, or not as many as there must be.
    fn read(text: Self::Text) -> Option<Self>;
}

impl Exact for f64 {
    type Text = String;

    fn text(&self) -> String {
        format!("{self:?}")
    }

    fn read(text: String) -> Option<f64> {
        text.parse().ok().filter(|value: &f64| value.is_finite())
    }
}

impl<T: Exact> Exact for Vec<T> {
    type Text = Vec<T::Text>;

    fn text(&self) -> Vec<T::Text> {
        self.iter().map(T::text).collect()
    }

    fn read(texts: Vec<T::Text>) -> Option<Self> {
        texts.into_iter().map(T::read).collect()
    }
}

impl<T: Exact, const N: usize> Exact for [T; N] {
    type Text = Vec<T::Text>;

    fn text(&self) -> Vec<T::Text> {
        self.iter().map(T::text).collect()
    }

    fn read(texts: Vec<T::Text>) -> Option<Self> {
        Vec::<T>::read(texts)?.try_into().ok()
    }
}

impl<T: Exact> Exact for Option<T> {
    type Text = Option<T::Text>;

    fn text(&self) -> Option<T::Text> {
        self.as_ref().map(T::text)
    }

    fn read(text: Option<T::Text>) -> Option<Self> {
        match text {
            Some(text) => T::read(text).map(Some),
            None => Some(None),
        }
    }
}

pub(in super::super) fn serialize<T: Exact, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.text().serialize(serializer)
}

pub(in super::super) fn deserialize<'de, T: Exact, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = T::Text::deserialize(deserializer)?;
    T::read(text).ok_or_else(|| {
        D::Error::custom("a number is not finite, or there are not as many as there must be")
    })
}
