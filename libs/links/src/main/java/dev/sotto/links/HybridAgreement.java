package dev.sotto.links;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.KEM;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * One run of X25519 and ML-KEM-768 (FIPS 203) side by side. The acceptor offers two fresh public
 * keys, the connector answers; the secret hangs on both results and on everything that was said.
 *
 * <p>Security: both results enter HKDF-SHA256 at fixed lengths, with the transcript as salt, so the
 * secret is pseudorandom to whoever lacks either of them. Nothing here authenticates: that is TLS's
 * part, and the transcript holds both identities and TLS's own exporter.
 */
final class HybridAgreement {
  private static final int X25519_KEY = 44; // SubjectPublicKeyInfo
  private static final int ML_KEM_KEY = 1206; // SubjectPublicKeyInfo
  private static final int ML_KEM_CIPHERTEXT = 1088;

  static final int OFFER_BYTES = X25519_KEY + ML_KEM_KEY;
  static final int ANSWER_BYTES = X25519_KEY + ML_KEM_CIPHERTEXT;

  /** What the two agreements gave, 32 bytes each. */
  static final class Results {
    private final byte[] x25519;
    private final byte[] mlKem;

    Results(byte[] x25519, byte[] mlKem) {
      this.x25519 = x25519;
      this.mlKem = mlKem;
    }

    /** The link's secret, given what both sides saw. */
    byte[] secret(byte[] transcript) throws GeneralSecurityException {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(mlKem)
                  .addIKM(x25519)
                  .addSalt(transcript)
                  .thenExpand(
                      "sotto link secret 1".getBytes(StandardCharsets.US_ASCII), LinkSecret.BYTES));
    }
  }

  /** The connector's side: what to send, and what it got. */
  static final class Answer {
    private final byte[] message;
    private final Results results;

    private Answer(byte[] message, Results results) {
      this.message = message;
      this.results = results;
    }

    byte[] message() {
      return message.clone();
    }

    Results results() {
      return results;
    }
  }

  private final KeyPair x25519;
  private final KeyPair mlKem;

  private HybridAgreement(KeyPair x25519, KeyPair mlKem) {
    this.x25519 = x25519;
    this.mlKem = mlKem;
  }

  /** The acceptor's side: two fresh key pairs. */
  static HybridAgreement offer() throws GeneralSecurityException {
    return new HybridAgreement(
        KeyPairGenerator.getInstance("X25519").generateKeyPair(),
        KeyPairGenerator.getInstance("ML-KEM-768").generateKeyPair());
  }

  byte[] message() {
    return concatenate(
        x25519.getPublic().getEncoded(), mlKem.getPublic().getEncoded(), OFFER_BYTES);
  }

  /**
   * Answers an offer of {@link #OFFER_BYTES}; GeneralSecurityException when its keys are no keys.
   */
  static Answer answer(byte[] offer) throws GeneralSecurityException {
    PublicKey theirX25519 = publicKey("X25519", Arrays.copyOfRange(offer, 0, X25519_KEY));
    PublicKey theirMlKem = publicKey("ML-KEM", Arrays.copyOfRange(offer, X25519_KEY, OFFER_BYTES));
    KeyPair own = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    KEM.Encapsulated sealed = KEM.getInstance("ML-KEM").newEncapsulator(theirMlKem).encapsulate();
    Results results = new Results(agree(own.getPrivate(), theirX25519), sealed.key().getEncoded());
    return new Answer(
        concatenate(own.getPublic().getEncoded(), sealed.encapsulation(), ANSWER_BYTES), results);
  }

  /** Takes an answer of {@link #ANSWER_BYTES}. */
  Results finish(byte[] answer) throws GeneralSecurityException {
    PublicKey theirX25519 = publicKey("X25519", Arrays.copyOfRange(answer, 0, X25519_KEY));
    byte[] ciphertext = Arrays.copyOfRange(answer, X25519_KEY, ANSWER_BYTES);
    byte[] opened =
        KEM.getInstance("ML-KEM")
            .newDecapsulator(mlKem.getPrivate())
            .decapsulate(ciphertext)
            .getEncoded();
    return new Results(agree(x25519.getPrivate(), theirX25519), opened);
  }

  private static byte[] agree(PrivateKey own, PublicKey theirs) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(own);
    agreement.doPhase(theirs, true); // refuses points of small order
    return agreement.generateSecret();
  }

  private static PublicKey publicKey(String algorithm, byte[] encoded)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static byte[] concatenate(byte[] a, byte[] b, int expected) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    if (both.length != expected) {
      throw new IllegalStateException("this JDK encodes keys in another length than the standards");
    }
    return both;
  }
}
