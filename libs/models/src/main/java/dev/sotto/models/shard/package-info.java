/**
 * Cutting a model into shards, and reading a shard. A shard is what one role holds of one stage of
 * a model: seeds, and for an evaluator one masked matrix per linear map; never a weight.
 *
 * <h2>What each role holds</h2>
 *
 * The publisher draws two 16-byte seeds w0 and w1 for a shard set. With W the fixed-point weights,
 * round(w · 2^f) in Z_2^64 or Z_2^32, both by the matrix's form ({@link
 * dev.sotto.models.shard.MatrixForm}, {@link dev.sotto.models.shard.PrecisionProfile}), and P_b the
 * words that AES makes of w_b ({@link dev.sotto.models.shard.MatrixShape#fillPad}):
 *
 * <table>
 * <caption>Holdings</caption>
 * <tr><th>role</th><th>seeds</th><th>stored matrix</th></tr>
 * <tr><td>dealer</td><td>w0, w1</td><td>none</td></tr>
 * <tr><td>evaluator-0</td><td>w0</td><td>S0 = W + P1, that is m_W − P0</td></tr>
 * <tr><td>evaluator-1</td><td>w1</td><td>S1 = W + P0 + P1, that is m_W</td></tr>
 * </table>
 *
 * <p>Why it hides: what a role stores is W plus a pad under the seed it does not hold, and AES is
 * taken to be a pseudorandom function; the dealer's file does not depend on W but for its shape. A
 * role's file carries no checksum of another role's words either: the dealer could test a guess of
 * W against a hash of S0. The model's digest is public and does confirm a guess of a whole model
 * file, as naming a model must. Any two roles together open the weights.
 *
 * <h2>The file</h2>
 *
 * Little-endian. A preamble of 64 bytes (magic {@code SOTTOSHD}, version, header length, file
 * length, eight zero bytes, sha256 over the preceding 32 bytes and the header), the header as JSON,
 * at the next multiple of 64 the secret part (seeds and their checksum), at the next multiple of 64
 * the calibration, and each stored matrix at the next multiple of 4096, in order of its id. Nothing
 * about this layout is free: a reader computes every position from the model's shape and refuses a
 * file that says otherwise.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.models.shard;
