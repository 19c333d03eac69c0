package dev.sotto.gateway.keys;

import dev.sotto.platform.data.Tenancy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The first start of an installation: where there is no tenant, but that of audits, a tenant {@code
 * default} with a project {@code default} and one key, which is written to the file, readable by
 * its owner only.
 */
public final class FirstKey {
  private static final long LOCK = 0x50770_0001L;

  private final JdbcClient sql;
  private final Tenancy tenancy;
  private final Tenants tenants;
  private final Projects projects;
  private final ApiKeys keys;
  private final UUID audits;

  /**
   * Over the given tables.
   *
   * @param secret under which keys are stored
   */
  public FirstKey(
      JdbcClient sql,
      Tenancy tenancy,
      Tenants tenants,
      Projects projects,
      ApiKeys keys,
      byte[] secret) {
    this.sql = sql;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.projects = projects;
    this.keys = keys;
    this.audits = AuditKey.tenant(secret);
  }

  /**
   * Writes the key, if this is the first start. The file appears before the tenant is committed: a
   * crash between the two leaves a file with a key that is none, and the next start, which finds no
   * tenant, writes it anew.
   *
   * @return whether it was
   */
  public boolean write(Path file) {
    return tenancy.asWorker(
        () -> {
          // Two instances that start together make one tenant.
          sql.sql("select pg_advisory_xact_lock(?)").param(LOCK).query((row, n) -> n).list();
          if (tenants.anyBut(audits)) {
            return false;
          }
          save(file, tenants.begin("default", projects, keys).key().text());
          return true;
        });
  }

  private static void save(Path file, KeyText key) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try {
      Files.deleteIfExists(part);
      try (SeekableByteChannel out =
          Files.newByteChannel(
              part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
        ByteBuffer text = ByteBuffer.wrap((key.reveal() + "\n").getBytes(StandardCharsets.UTF_8));
        while (text.hasRemaining()) {
          out.write(text);
        }
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.gateway.first-key-file cannot be written (" + e.getClass().getSimpleName() + ")");
    }
  }
}
