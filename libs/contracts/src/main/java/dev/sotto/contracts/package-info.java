/**
 * What callers and nodes say to each other about a job: types, bounds and encodings. Knows neither
 * who sends it nor over what.
 *
 * <p>An encoding is: u8 type, u8 version, then the fields in the order of the record, big-endian.
 * Fixed-length octets stand bare; others, and text (UTF-8), follow their length. A decoder takes
 * exactly the encodings that {@code encode} makes, and answers everything else with {@link
 * BadMessage}.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.contracts;
