//! Photos as people send them, made into what is kept: a JPEG of a modest size, upright, with nothing beside the picture.
//!
//! **Invariant:** a picture that claims to be larger than it may is refused before it is unpacked.

mod jpeg;

use std::io::Cursor;

use attache_domain::identity_document::photo::{self, Flaw, Photo};
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};

/// How well the JPEG is kept, of 100.
const QUALITY: u8 = 88;

/// How much memory what stands beside a picture may take while it is read, such as a profile of its colours.
const MOST_BESIDE: u64 = 16 * 1024 * 1024;

/// How many bytes a picture may have once it is unpacked: 4 a pixel.
const MOST_UNPACKED: u64 = photo::MAX_PIXELS * 4;

/// Makes a photo of a picture.
pub fn read(bytes: &[u8]) -> Result<Photo, Flaw> {
    if bytes.len() > photo::MAX_BYTES {
        return Err(Flaw::Bytes);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Flaw::Format)?;
    match reader.format() {
        Some(ImageFormat::Png) => {}
        Some(ImageFormat::Jpeg) if jpeg::is_whole(bytes) => {}
        Some(_) | None => return Err(Flaw::Format),
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BESIDE);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Flaw::Format)?;
    let (width, height) = decoder.dimensions();
    photo::check(width, height)?;
    if decoder.total_bytes() > MOST_UNPACKED {
        return Err(Flaw::Deep);
    }
    let orientation = decoder.orientation().map_err(|_| Flaw::Format)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| Flaw::Format)?;
    let mut picture = shrunk(picture, is_on_its_side(orientation));
    picture.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    let flat = on_white(&picture);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&flat).map_err(|_| Flaw::Format)?;
    Ok(Photo(jpeg))
}

/// Makes a picture no larger than it is kept, in its proportions, before it is turned.
fn shrunk(picture: DynamicImage, is_on_its_side: bool) -> DynamicImage {
    let (wide, high) = photo::KEPT;
    let (wide, high) = if is_on_its_side { (high, wide) } else { (wide, high) };
    if picture.width() <= wide && picture.height() <= high {
        return picture;
    }
    picture.resize(wide, high, FilterType::CatmullRom)
}

fn is_on_its_side(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            true
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

/// Lays a picture on white, where one can see through it.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let opaque = picture.to_rgba8();
    RgbImage::from_fn(opaque.width(), opaque.height(), |x, y| {
        let [red, green, blue, alpha] = opaque.get_pixel(x, y).0;
        let mix = |part: u8| {
            let (part, alpha) = (u16::from(part), u16::from(alpha));
            u8::try_from((part * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([mix(red), mix(green), mix(blue)])
    })
}

#[cfg(test)]
mod tests;
