package dev.sotto.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
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

/** Each library is defined by what it does not know; this is where that is checked. */
class LayersTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sotto");

  /**
   * What each library may use of ours. Words (ring) and a model's shape (nn) appear in the
   * interfaces of mpc and models, so who uses those sees them too.
   */
  private static final Map<String, Set<String>> MAY_USE =
      new TreeMap<>(
          Map.of(
              "ring", Set.of(),
              "nn", Set.of(),
              "links", Set.of(),
              "contracts", Set.of(),
              "mpc", Set.of("ring"),
              "models", Set.of("ring", "nn"),
              "client", Set.of("ring", "nn", "mpc", "links", "models", "contracts"),
              "node", Set.of("ring", "nn", "mpc", "links", "models", "contracts")));

  static Set<String> libraries() {
    return MAY_USE.keySet();
  }

  private static String library(JavaClass type) {
    return type.getPackageName().replaceAll("^dev\\.sotto\\.([^.]+).*", "$1");
  }

  @Test
  void everyLibraryHasARule() {
    Set<String> found = OURS.stream().map(LayersTest::library).collect(Collectors.toSet());
    assertThat(found).contains("ring", "nn", "mpc", "models", "client", "cli"); // all are seen
    found.remove("cli"); // it may use them all
    assertThat(MAY_USE.keySet()).containsAll(found);
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void aLibraryKnowsOnlyWhatItMay(String library) {
    String[] allowed =
        Stream.concat(Stream.of(library), MAY_USE.getOrDefault(library, Set.of()).stream())
            .map(name -> "dev.sotto." + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("dev.sotto." + library + "..")
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
