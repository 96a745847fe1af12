//! Photos as people send them, made into what is kept: a JPEG of a modest size, upright, with nothing beside the picture.
//!
//! **Invariant:** a picture that claims to be larger than it may is refused before it is unpacked.

use std::io::Cursor;

use attache_domain::identity_document::photo::{self, Flaw, Photo};
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};

/// How well the JPEG is kept, of 100.
const QUALITY: u8 = 88;

/// How much memory a picture may take while it is unpacked: 8 bytes a pixel, the most a PNG needs.
const MOST_MEMORY: u64 = photo::MAX_PIXELS * 8;

/// Makes a photo of a picture.
pub fn read(bytes: &[u8]) -> Result<Photo, Flaw> {
    if bytes.len() > photo::MAX_BYTES {
        return Err(Flaw::Bytes);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Flaw::Format)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(Flaw::Format);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Flaw::Format)?;
    let (width, height) = decoder.dimensions();
    photo::check(width, height)?;
    let orientation = decoder.orientation().map_err(|_| Flaw::Format)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Flaw::Format)?;
    picture.apply_orientation(orientation);
    let (most_wide, most_high) = photo::KEPT;
    if picture.width() > most_wide || picture.height() > most_high {
        picture = picture.resize(most_wide, most_high, FilterType::CatmullRom);
    }
    let mut jpeg = Vec::new();
    let flat = on_white(&picture);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&flat).map_err(|_| Flaw::Format)?;
    Ok(Photo(jpeg))
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
