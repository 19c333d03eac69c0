package dev.sotto.embedded;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each module is defined by what it does not know; this is where that is checked, because this
 * module has all of them on its class path.
 */
class LayersTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sotto");

  /** These may know all others. */
  private static final Set<String> TOP = Set.of("cli", "embedded");

  private static final Set<String> SERVICES =
      Set.of("gateway", "orchestration", "billing", "verification", "shard");

  /** What uses no Spring at all: what computes, and what the computing is called by. */
  private static final Set<String> WITHOUT_SPRING =
      Set.of(
          "ring",
          "nn",
          "mpc",
          "links",
          "contracts",
          "models",
          "client",
          "node",
          "launch",
          "scan",
          "data",
          "disposable",
          "cli");

  /**
   * What each module may use of ours. Words (ring) and a model's shape (nn) appear in the
   * interfaces of mpc and models, so who uses those sees them too. No service is in another's list.
   */
  private static final Map<String, Set<String>> MAY_USE =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ring", Set.of()),
              Map.entry("nn", Set.of()),
              Map.entry("links", Set.of()),
              Map.entry("contracts", Set.of()),
              Map.entry("launch", Set.of()),
              Map.entry("scan", Set.of()),
              Map.entry("data", Set.of()),
              Map.entry("disposable", Set.of("data")),
              Map.entry("mpc", Set.of("ring")),
              Map.entry("models", Set.of("ring", "nn")),
              Map.entry("client", Set.of("ring", "nn", "mpc", "links", "models", "contracts")),
              Map.entry("node", Set.of("ring", "nn", "mpc", "links", "models", "contracts")),
              Map.entry("platform", Set.of("contracts")),
              Map.entry("openai", Set.of("client", "contracts", "models", "nn", "mpc")),
              Map.entry("billing", Set.of("platform", "contracts")),
              Map.entry("orchestration", Set.of("platform", "contracts")),
              Map.entry("verification", Set.of("platform", "contracts", "client", "models")),
              Map.entry("gateway", Set.of("platform", "contracts", "openai", "client", "models")),
              Map.entry(
                  "shard",
                  Set.of("platform", "contracts", "node", "links", "models", "nn", "mpc", "ring")),
              Map.entry("sidecar", Set.of("platform", "contracts", "openai", "client", "models"))));

  private static final DescribedPredicate<JavaClass> AN_ENUM_OR_A_RECORD =
      DescribedPredicate.describe(
          "are enums or records of their own, not parts of a class at an edge",
          type -> type.isTopLevelClass() && (type.isEnum() || type.isRecord()));

  /** Packages of services that only decide. A new one belongs here unless it is at an edge. */
  private static final String[] DECIDING = {
    "dev.sotto.billing.ledger..",
    "dev.sotto.gateway.models..",
    "dev.sotto.orchestration.dispatch..",
    "dev.sotto.orchestration.job..",
    "dev.sotto.orchestration.lane..",
    "dev.sotto.orchestration.placement..",
    "dev.sotto.orchestration.step..",
    "dev.sotto.shard.work..",
    "dev.sotto.verification.verdict.."
  };

  static Set<String> modules() {
    return MAY_USE.keySet();
  }

  private static String module(JavaClass type) {
    return type.getPackageName().replaceAll("^dev\\.sotto\\.([^.]+).*", "$1");
  }

  @Test
  void everyModuleHasARule() {
    Set<String> found = OURS.stream().map(LayersTest::module).collect(Collectors.toSet());
    Set<String> ruled = new HashSet<>(MAY_USE.keySet());
    ruled.addAll(TOP);
    assertThat(found).containsExactlyInAnyOrderElementsOf(ruled); // all are seen, and no other
  }

  @Test
  void noServiceMayKnowAnother() {
    for (String service : SERVICES) {
      assertThat(MAY_USE.get(service)).as(service).doesNotContainAnyElementsOf(SERVICES);
    }
  }

  static Set<String> withoutSpring() {
    return WITHOUT_SPRING;
  }

  @ParameterizedTest
  @MethodSource("withoutSpring")
  void aModuleWithoutSpringStaysSo(String module) {
    noClasses()
        .that()
        .resideInAPackage("dev.sotto." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework..")
        .check(OURS);
  }

  /**
   * The values and states of a service's capabilities, which are records and enums, know no Spring;
   * its settings lie beside its main class.
   */
  @Test
  void valuesOfServicesKnowNoSpring() {
    for (String service : SERVICES) {
      noClasses()
          .that()
          .resideInAPackage("dev.sotto." + service + ".*..")
          .and(AN_ENUM_OR_A_RECORD)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework..")
          .allowEmptyShould(true)
          .check(OURS);
    }
  }

  /** Packages of services that only decide: no Spring, no database, no broker. */
  @Test
  void packagesThatDecideKnowNoInfrastructure() {
    noClasses()
        .that()
        .resideInAnyPackage(DECIDING)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "java.sql..", "javax.sql..", "org.apache.kafka..")
        .check(OURS);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void aModuleKnowsOnlyWhatItMay(String module) {
    String[] allowed =
        Stream.concat(Stream.of(module), MAY_USE.getOrDefault(module, Set.of()).stream())
            .map(name -> "dev.sotto." + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("dev.sotto." + module + "..")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.sotto..").and(not(resideInAnyPackage(allowed))))
        .allowEmptyShould(true)
        .check(OURS);
  }

  @Test
  void theEnclaveTouchesNoWeights() {
    noClasses()
        .that()
        .resideInAPackage("dev.sotto.client..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.sotto.models.shard..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("dev\\.sotto\\.(nn\\.Clear.*|models\\.(TensorSource|ClearWeights))")
        .check(OURS);
  }

  @Test
  void onlyRingSeesTheIncubatingVectors() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sotto.ring..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .check(OURS);
  }

  @Test
  void librariesReadNoEnvironmentAndNoProperty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sotto.cli..")
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class, String.class)
        .orShould()
        .callMethod(System.class, "getProperties")
        .orShould()
        .callMethod(Boolean.class, "getBoolean", String.class)
        .orShould()
        .callMethod(Integer.class, "getInteger", String.class)
        .orShould()
        .callMethod(Long.class, "getLong", String.class)
        .check(OURS);
  }

  @Test
  void nothingIsSerializedByJava() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ObjectOutputStream.class)
        .check(OURS);
  }

  @Test
  void noSecretComesFromAPredictableSource() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(Random.class.getName())
        .orShould()
        .callMethod(Math.class, "random")
        .check(OURS);
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .check(OURS);
  }

  @Test
  void namesSayWhatAClassDoes() {
    Pattern empty = Pattern.compile("^Abstract.*|.*(Impl|Util|Utils|Helper|Manager|Base)$");
    assertThat(OURS.stream().map(JavaClass::getSimpleName))
        .noneMatch(name -> empty.matcher(name).matches());
  }
}
