//! Places on the map, read and written without floats, whose code would be the largest of the browser's.

use serde::{Deserialize, Serialize};

/// A place on the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Millionths of a degree, north positive.
    pub latitude_e6: i32,
    /// Millionths of a degree, east positive.
    pub longitude_e6: i32,
    pub name: Option<String>,
    pub address: Option<String>,
}

impl Place {
    /// The place at these degrees; `None` when there is no such place on earth.
    #[must_use]
    pub fn at(latitude: f64, longitude: f64) -> Option<Self> {
        let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        #[expect(clippy::cast_possible_truncation, reason = "180 million fits, and anything larger was refused")]
        let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
        on_earth.then(|| Self {
            latitude_e6: millionths(latitude),
            longitude_e6: millionths(longitude),
            name: None,
            address: None,
        })
    }

    /// The place at these degrees as people write them: `-23.5505`, `46,6333`; `None` when there is no such place on earth.
    #[must_use]
    pub fn read(latitude: &str, longitude: &str) -> Option<Self> {
        let place = Self {
            latitude_e6: millionths(latitude)?,
            longitude_e6: millionths(longitude)?,
            name: None,
            address: None,
        };
        place.is_on_earth().then_some(place)
    }

    #[must_use]
    pub const fn is_on_earth(&self) -> bool {
        self.latitude_e6.unsigned_abs() <= 90_000_000 && self.longitude_e6.unsigned_abs() <= 180_000_000
    }

    /// The place in words, with an address of a map on the web.
    #[must_use]
    pub fn written(&self) -> String {
        let words = [self.name.clone(), self.address.clone(), Some(self.map())];
        words.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// The address of a map on the web that shows the place.
    #[must_use]
    pub fn map(&self) -> String {
        let [latitude, longitude] = [self.latitude_e6, self.longitude_e6].map(|millionths| {
            let exact = decimal(millionths, 6);
            exact.trim_end_matches('0').trim_end_matches('.').to_owned()
        });
        format!("https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}")
    }

    /// Latitude and longitude as people read them, to a metre.
    #[must_use]
    pub fn coordinates(&self) -> String {
        let [latitude, longitude] = [self.latitude_e6, self.longitude_e6]
            .map(|millionths| decimal((millionths + millionths.signum() * 5) / 10, 5));
        format!("{latitude}, {longitude}")
    }

    /// Latitude and longitude in degrees.
    #[must_use]
    pub fn degrees(&self) -> (f64, f64) {
        (f64::from(self.latitude_e6) / 1e6, f64::from(self.longitude_e6) / 1e6)
    }
}

/// A decimal number in millionths; further digits are dropped. Read without floats, as [`decimal`] is written.
fn millionths(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !are_digits(whole) || !are_digits(rest) {
        return None;
    }
    let rest: String = rest.chars().chain("000000".chars()).take(6).collect();
    Some(sign * (whole.parse::<i32>().ok()? * 1_000_000 + rest.parse::<i32>().ok()?))
}

/// `number` with a point before its last `places` digits. Written without floats, whose code would be the largest of the
/// browser's.
fn decimal(number: i32, places: u32) -> String {
    let one = 10_u32.pow(places);
    let sign = if number < 0 { "-" } else { "" };
    let (whole, rest) = (number.unsigned_abs() / one, number.unsigned_abs() % one);
    format!("{sign}{whole}.{rest:0width$}", width = places as usize)
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_keeps_its_degrees_to_a_millionth_and_lies_on_earth() {
        let place = Place::at(-23.550_52, -46.633_308).expect("a place in São Paulo");
        assert_eq!((place.latitude_e6, place.longitude_e6), (-23_550_520, -46_633_308));
        assert_eq!(Place::at(91.0, 0.0), None);
        assert_eq!(Place::at(f64::NAN, 0.0), None);
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        let read =
            |latitude, longitude| Place::read(latitude, longitude).map(|place| (place.latitude_e6, place.longitude_e6));
        assert_eq!(read(" -23.5505 ", "46,6333"), Some((-23_550_500, 46_633_300)));
        assert_eq!(read("-0.00000099", "180"), Some((0, 180_000_000)));
        for wrong in ["", "-", ".5", "90.000001", "1.2.3", "+1", "1e1", "2147483648", "12°"] {
            assert_eq!(read(wrong, "0"), None, "{wrong}");
        }
        assert_eq!(read("0", "-180.1"), None);
    }

    #[test]
    fn a_place_is_written_as_on_a_map() {
        let place = Place::at(-23.550_526, 0.5).expect("a place at sea");
        assert_eq!(place.coordinates(), "-23.55053, 0.50000");
        assert_eq!(place.map(), "https://www.openstreetmap.org/?mlat=-23.550526&mlon=0.5#map=16/-23.550526/0.5");
        let pole = Place::at(90.0, -0.000_004).expect("a place on ice");
        assert_eq!(pole.coordinates(), "90.00000, 0.00000");
        assert_eq!(pole.map(), "https://www.openstreetmap.org/?mlat=90&mlon=-0.000004#map=16/90/-0.000004");
    }
}
