package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.node.NodeKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The compose file and what it needs, read strictly: there may be no engine to try it with. */
class ComposeTest {
  private static final Set<String> SERVICES =
      Set.of("gateway", "orchestration", "billing", "verification");
  private static final Set<String> NODES =
      Set.of("lane-1-dealer", "lane-1-evaluator-0", "lane-1-evaluator-1");

  /** What the compose specification calls the things that we use. */
  private static final Set<String> KNOWN =
      Set.of(
          "image",
          "restart",
          "user",
          "read_only",
          "tmpfs",
          "cap_drop",
          "security_opt",
          "stop_grace_period",
          "depends_on",
          "entrypoint",
          "volumes",
          "ports",
          "healthcheck");

  /** What a container may write to, below its own folder. */
  private static final Map<String, String> WRITABLE =
      Map.of(
          "gateway", "client",
          "verification", "state",
          "lane-1-dealer", "state",
          "lane-1-evaluator-0", "state",
          "lane-1-evaluator-1", "state");

  @TempDir private Path folder;

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(at.resolve("docker-compose.yml"))) {
      at = java.util.Objects.requireNonNull(at.getParent(), "not within the source tree");
    }
    return at;
  }

  private static Map<?, ?> services() throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    strict.setMaxAliasesForCollections(20);
    Map<?, ?> all =
        new Yaml(new SafeConstructor(strict))
            .load(Files.readString(root().resolve("docker-compose.yml")));
    assertThat(all.keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrder("name", "x-confined", "x-service", "x-node", "services");
    return (Map<?, ?>) java.util.Objects.requireNonNull(all.get("services"));
  }

  private static Map<?, ?> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<?, ?>) value;
  }

  private static List<?> list(Map<?, ?> service, String key) {
    Object value = service.get(key);
    return value instanceof List<?> list ? list : List.of();
  }

  @Test
  void everyServiceUsesKnownWordsAnImageThatIsBuiltAndServicesThatExist() throws IOException {
    Map<?, ?> services = services();
    Set<String> names = new TreeSet<>(SERVICES);
    names.addAll(NODES);
    names.addAll(List.of("postgres", "kafka", "database"));
    assertThat(services.keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrderElementsOf(names);
    for (Map.Entry<?, ?> entry : services.entrySet()) {
      Map<?, ?> service = map(java.util.Objects.requireNonNull(entry.getValue()));
      assertThat(service.keySet().stream().map(String::valueOf)).isSubsetOf(KNOWN);
      String image = String.valueOf(service.get("image")).replaceFirst("^sotto-", "");
      assertThat(root().resolve("docker").resolve(image).resolve("Dockerfile")).exists();
      Object needed = service.get("depends_on");
      if (needed != null) {
        assertThat(map(needed).keySet().stream().map(String::valueOf)).isSubsetOf(names);
      }
    }
  }

  @Test
  void onlyTheGatewayIsReachedAndOnlyFromThisMachine() throws IOException {
    for (Map.Entry<?, ?> entry : services().entrySet()) {
      List<?> ports = list(map(java.util.Objects.requireNonNull(entry.getValue())), "ports");
      assertThat(ports.stream().map(String::valueOf).toList())
          .isEqualTo(
              entry.getKey().equals("gateway")
                  ? List.of("127.0.0.1:${SOTTO_PORT:-8080}:8080")
                  : List.of());
    }
  }

  @Test
  void everyContainerSeesItsOwnFolderAndNobodyElses() throws IOException {
    for (Map.Entry<?, ?> entry : services().entrySet()) {
      String name = String.valueOf(entry.getKey());
      Set<String> expected = new TreeSet<>();
      switch (name) {
        case "postgres" -> {
          expected.add("./docker/data/database:/sotto:ro");
          expected.add("./docker/data/postgres:/data");
        }
        case "kafka" -> expected.add("./docker/data/kafka:/data");
        default -> {
          expected.add("./docker/data/%s:/sotto:ro".formatted(name));
          String writable = WRITABLE.get(name);
          if (writable != null) {
            expected.add("./docker/data/%1$s/%2$s:/sotto/%2$s".formatted(name, writable));
          }
        }
      }
      Map<?, ?> service = map(java.util.Objects.requireNonNull(entry.getValue()));
      assertThat(list(service, "volumes").stream().map(String::valueOf))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void noContainerHasRightsOrCanWriteToItsImage() throws IOException {
    for (Map.Entry<?, ?> entry : services().entrySet()) {
      Map<?, ?> service = map(java.util.Objects.requireNonNull(entry.getValue()));
      assertThat(service.get("read_only")).isEqualTo(true);
      assertThat(list(service, "cap_drop")).isEqualTo(List.of("ALL"));
      assertThat(list(service, "security_opt")).isEqualTo(List.of("no-new-privileges:true"));
      assertThat(String.valueOf(service.get("user"))).isEqualTo("${SOTTO_USER:-10001:10001}");
    }
  }

  @Test
  void whatRunsOnIsAskedWhetherItIsWellByTheScriptOfTheImage() throws IOException {
    String script = Files.readString(root().resolve("docker/base/healthy"));
    for (Map.Entry<?, ?> entry : services().entrySet()) {
      if (entry.getKey().equals("database")) {
        continue; // it ends
      }
      Map<?, ?> service = map(java.util.Objects.requireNonNull(entry.getValue()));
      Object check = java.util.Objects.requireNonNull(service.get("healthcheck"));
      List<?> test = list(map(check), "test");
      assertThat(test.subList(0, 2)).isEqualTo(List.of("CMD", "healthy"));
      assertThat(script).contains("\n" + test.get(2) + ")");
    }
  }

  @Test
  void dockerfilesRunTheMainClassesThatThereAre() throws Exception {
    for (ServiceName service : ServiceName.values()) {
      Path file = root().resolve("docker").resolve(service.configName()).resolve("Dockerfile");
      String text = Files.readString(file);
      assertThat(text).contains("\"" + service.mainClass().getName() + "\"", "FROM sotto-java");
      assertThat(service.mainClass().getMethod("main", String[].class)).isNotNull();
    }
  }

  /** The last word on the user in each image, and in those that it is made of. */
  @Test
  void noImageRunsAsRoot() throws IOException {
    Path docker = root().resolve("docker");
    try (Stream<Path> folders = Files.list(docker)) {
      List<Path> files =
          folders.map(f -> f.resolve("Dockerfile")).filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(9); // five services, PostgreSQL, Kafka, what they are made of
      for (Path file : files) {
        List<String> lines = Files.readAllLines(file);
        String from = lines.stream().filter(l -> l.startsWith("FROM ")).findFirst().orElseThrow();
        List<String> users = lines.stream().filter(line -> line.startsWith("USER ")).toList();
        if (from.equals("FROM sotto-debian")) {
          assertThat(users).as(file.toString()).containsExactly("USER sotto");
        } else {
          assertThat(from).as(file.toString()).matches("FROM sotto-(base|java)");
          assertThat(users.isEmpty() ? "USER sotto" : users.getLast()).isEqualTo("USER sotto");
        }
      }
    }
  }

  @Test
  void foldersHoldWhatTheirSettingsNameAndKeysOfOneNodeOnly() throws Exception {
    MadeUpModel.small(7).write(folder.resolve("small"));
    Path shards = folder.resolve("shards");
    try (HubModel source = HubModel.open(folder.resolve("small"))) {
      new ShardCutter(new SecureRandom())
          .cut(
              source,
              new CutRequest(shards, "lane-1", 1, PrecisionProfile.MIXED),
              new byte[0],
              ShardProgress.NONE);
      source.publicPart().write(shards.resolve("model.json"));
    }
    Path data = folder.resolve("data");
    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(() -> ComposeFiles.write(data, "small", shards))
        .withMessageContaining("sotto provision --lane lane-1 MODEL");
    byte[] book = {1, 2, 3};
    Files.write(UpPlan.answersBeside(shards), book);
    ComposeFiles.write(data, "small", shards);
    ComposeFiles.write(data, "small", shards); // again, over what is there

    assertThat(data.resolve("verification/answers")).hasBinaryContent(book);
    assertThat(data.resolve("verification/audit-key"))
        .hasSameBinaryContentAs(data.resolve("gateway/audit-key"));

    TrustRoots roots = TrustRoots.decode(Files.readAllBytes(data.resolve("gateway/roots.json")));
    Set<String> identities = new TreeSet<>();
    for (String node : NODES) {
      Path own = data.resolve(node);
      SignedManifest.decode(Files.readAllBytes(own.resolve("manifest.json")))
          .verified(roots, Instant.now());
      identities.add(NodeKeys.load(own.resolve("keys")).identity().key().hex());
      assertThat(own.resolve("shard")).exists();
    }
    assertThat(identities).hasSize(3);
    Set<String> containers = new TreeSet<>(SERVICES);
    containers.addAll(NODES);
    for (String container : containers) {
      String name = NODES.contains(container) ? "shard" : container;
      Path settings = data.resolve(container).resolve(name + ".yml");
      Files.readAllLines(settings).stream()
          .filter(line -> line.matches(".*-(file|folder): '/sotto/.*'"))
          .map(line -> line.replaceAll(".*'/sotto/(.*)'", "$1"))
          .filter(path -> !path.equals("client/key") && !path.startsWith("state/"))
          .forEach(path -> assertThat(data.resolve(container).resolve(path)).exists());
    }
  }
}
