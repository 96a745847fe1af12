//! Pictures as cameras, scanners and attackers make them.

use image::{ImageEncoder as _, Rgba, RgbaImage, codecs::png::PngEncoder};

use super::*;

/// A picture that is red above and green below, with a hole in it where one sees through.
fn picture(width: u32, height: u32) -> DynamicImage {
    let hole = |x, y| x < width / 4 && y < height / 4;
    let colour = |x, y| match (hole(x, y), y < height / 2) {
        (true, _) => Rgba([0, 0, 0, 0]),
        (false, true) => Rgba([255, 0, 0, 255]),
        (false, false) => Rgba([0, 255, 0, 255]),
    };
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, colour))
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
    bytes
}

/// A JPEG with an EXIF block that says how it is turned, as cameras write it.
fn jpeg(picture: &DynamicImage, orientation: u8) -> Vec<u8> {
    let exif = [b"II*\0".as_slice(), &[8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]];
    let (rgb, mut bytes) = (picture.to_rgb8(), Vec::new());
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif.concat()).unwrap();
    encoder.encode_image(&rgb).unwrap();
    bytes
}

fn unpacked(photo: &Photo) -> RgbImage {
    image::load_from_memory_with_format(&photo.0, ImageFormat::Jpeg).unwrap().to_rgb8()
}

/// Whether a pixel is nearly of a colour.
fn is_near(picture: &RgbImage, (x, y): (u32, u32), colour: [u8; 3]) -> bool {
    picture.get_pixel(x, y).0.iter().zip(colour).all(|(is, wanted)| is.abs_diff(wanted) < 12)
}

#[test]
fn large_picture_is_kept_small_in_its_proportions_and_on_white() {
    let kept = unpacked(&read(&png(&picture(1200, 3200))).unwrap());

    assert_eq!(kept.dimensions(), (300, 800));
    let lying = unpacked(&read(&jpeg(&picture(1600, 1200), 8)).unwrap());
    assert_eq!(lying.dimensions(), (600, 800));
    assert!(is_near(&kept, (10, 10), [255, 255, 255]));
    assert!(is_near(&kept, (200, 100), [255, 0, 0]) && is_near(&kept, (200, 700), [0, 255, 0]));
}

#[test]
fn picture_is_turned_upright_and_its_camera_forgotten() {
    // 6: the camera was held upright, and the picture lies on its left side.
    let turned = jpeg(&picture(400, 300), 6);
    assert!(turned.windows(4).any(|bytes| bytes == b"Exif"));

    let photo = read(&turned).unwrap();

    let kept = unpacked(&photo);
    assert_eq!(kept.dimensions(), (300, 400));
    assert!(is_near(&kept, (250, 390), [255, 0, 0]) && is_near(&kept, (20, 200), [0, 255, 0]));
    assert!(!photo.0.windows(4).any(|bytes| bytes == b"Exif"));
}

#[test]
fn what_is_no_whole_picture_is_refused() {
    let whole = png(&picture(300, 300));
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

    for bytes in [b"".as_slice(), b"%PDF-1.7", gif, &whole[..whole.len() / 2], b"\xff\xd8\xff\xe0"] {
        assert_eq!(read(bytes), Err(Flaw::Format));
    }
    // A JPEG that broke off on its way; what a camera writes behind the end is no harm.
    let whole = jpeg(&picture(300, 300), 1);
    for length in [whole.len() / 2, whole.len() - 2] {
        assert_eq!(read(&whole[..length]), Err(Flaw::Format), "{length} of {} bytes", whole.len());
    }
    assert!(read(&[whole.as_slice(), b"and a film"].concat()).is_ok());
    assert_eq!(read(&vec![0; photo::MAX_BYTES + 1]), Err(Flaw::Bytes));
    assert_eq!(read(&png(&picture(239, 300))), Err(Flaw::Small));
    let deep = DynamicImage::ImageRgba16(image::ImageBuffer::new(3000, 3000));
    assert_eq!(read(&png(&deep)), Err(Flaw::Deep));
}

/// A PNG of a few hundred bytes that says it has 60,000 by 60,000 pixels.
#[test]
fn picture_that_claims_to_be_huge_is_refused_before_it_is_unpacked() {
    let mut bomb = png(&picture(300, 300));
    let side = 60_000_u32.to_be_bytes();
    bomb[16..24].copy_from_slice(&[side, side].concat());
    let sum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());

    assert_eq!(read(&bomb), Err(Flaw::Pixels));
}

/// The checksum of PNG (ISO/IEC 15948 Annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
    };
    !bytes.iter().fold(!0, step)
}
