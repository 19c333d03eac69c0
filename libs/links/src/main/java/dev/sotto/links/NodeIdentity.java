package dev.sotto.links;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECPrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A node's own identity: an Ed25519 key pair and a self-signed certificate that carries the public
 * key into TLS. Peers pin {@link #key()}; they ignore the certificate's names and dates, so it
 * never expires (RFC 5280, section 4.1.2.5, has the date for that) and names nobody.
 *
 * <p>Secrets: the private key leaves this object only through {@link #save}, and signs only in TLS
 * and through {@link #sign}. It has no accessor outside this package and no part in {@link
 * #toString}.
 */
public final class NodeIdentity {
  private static final Date ALWAYS = Date.from(Instant.parse("2020-01-01T00:00:00Z"));
  private static final Date NEVER = Date.from(Instant.parse("9999-12-31T23:59:59Z"));

  private final PrivateKey privateKey;
  private final X509Certificate certificate;
  private final IdentityKey key;
  private final Ed25519PrivateKeyParameters signing; // Bouncy Castle's signs ten times faster

  private NodeIdentity(PrivateKey privateKey, X509Certificate certificate) {
    this.privateKey = privateKey;
    this.certificate = certificate;
    this.key = IdentityKey.of(certificate.getPublicKey());
    byte[] seed = ((EdECPrivateKey) privateKey).getBytes().orElseThrow();
    this.signing = new Ed25519PrivateKeyParameters(seed);
  }

  /** A fresh identity from the system's randomness. */
  public static NodeIdentity create() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      X500Name name = new X500Name("CN=sotto node");
      BigInteger serial = new BigInteger(127, new SecureRandom()).setBit(0);
      var builder =
          new JcaX509v3CertificateBuilder(name, serial, ALWAYS, NEVER, name, pair.getPublic());
      var signer = new JcaContentSignerBuilder("Ed25519").build(pair.getPrivate());
      return of(
          pair.getPrivate(),
          new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this JDK cannot make an Ed25519 identity", e);
    }
  }

  /**
   * Reads what {@link #save} wrote. IOException when the file is missing, readable by others than
   * its owner, damaged, or holds a key and a certificate that do not belong together.
   */
  public static NodeIdentity load(Path file) throws IOException {
    return IdentityFile.read(file);
  }

  /**
   * Writes the private key (PKCS#8) and the certificate as two PEM blocks of one file that only its
   * owner may read (mode 0600), all or nothing. An identity is never overwritten:
   * FileAlreadyExistsException.
   */
  public void save(Path file) throws IOException {
    IdentityFile.write(file, this);
  }

  /** The public half, which others pin. */
  public IdentityKey key() {
    return key;
  }

  /**
   * The Ed25519 signature of a message, 64 bytes. The message must begin with what it is for, and
   * not with a space: a TLS 1.3 handshake, which the same key signs, begins with 64 of them.
   */
  public byte[] sign(byte[] message) {
    if (message.length == 0 || message[0] == ' ') {
      throw new IllegalArgumentException("a message must begin with what it is for");
    }
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, signing);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  /** IllegalArgumentException when the two do not belong together. */
  static NodeIdentity of(PrivateKey privateKey, X509Certificate certificate) {
    NodeIdentity identity = new NodeIdentity(privateKey, certificate);
    byte[] probe = certificate.getSignature();
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(privateKey);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(identity.key.publicKey());
      verifier.update(probe);
      if (verifier.verify(signature)) {
        return identity;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the private key cannot sign", e);
    }
    throw new IllegalArgumentException("the private key does not belong to the certificate");
  }

  PrivateKey privateKey() {
    return privateKey;
  }

  X509Certificate certificate() {
    return certificate;
  }

  @Override
  public String toString() {
    return "NodeIdentity[" + key + "]";
  }
}
