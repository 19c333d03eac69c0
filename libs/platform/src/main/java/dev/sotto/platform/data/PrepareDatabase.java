package dev.sotto.platform.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link DatabaseSetup} as a program of its own, for installations whose services run apart.
 *
 * <p>Arguments: the server's URL, the superuser's name, the database's name, a folder of passwords,
 * then schemas. In the folder: {@code superuser}, and for each schema {@code <schema>_owner} and
 * {@code <schema>_app}.
 */
public final class PrepareDatabase {
  private static final int LEAST_ARGUMENTS = 5;

  private PrepareDatabase() {}

  /** Prepares, and says what. */
  public static void main(String[] args) throws IOException {
    if (args.length < LEAST_ARGUMENTS) {
      System.err.println(
          "needs: the server's URL, the superuser, the database, a folder of passwords, schemas");
      System.exit(2);
    }
    Path passwords = Path.of(args[3]);
    List<ServiceLogin> logins = new ArrayList<>();
    for (String schema : List.of(args).subList(LEAST_ARGUMENTS - 1, args.length)) {
      logins.add(
          new ServiceLogin(
              schema,
              word(passwords.resolve(schema + "_owner")),
              word(passwords.resolve(schema + "_app"))));
    }
    Superuser superuser = new Superuser(args[0], args[1], word(passwords.resolve("superuser")));
    System.out.println("prepared " + DatabaseSetup.prepare(superuser, args[2], logins));
  }

  private static String word(Path file) throws IOException {
    return Files.readString(file).strip();
  }
}
