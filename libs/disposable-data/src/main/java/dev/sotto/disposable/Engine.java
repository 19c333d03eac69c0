package dev.sotto.disposable;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * What container engine is here, if any: the one that {@code DOCKER_HOST} names, or Docker's own.
 *
 * @param usable whether it answers and has our images
 * @param finding where servers run, and why
 */
record Engine(boolean usable, String finding) {
  private static final Path SOCKET = Path.of("/var/run/docker.sock");

  static Engine here() {
    // Testcontainers itself would call it an error that there is none, and log it as one.
    String named =
        TestcontainersConfiguration.getInstance().getEnvVarOrUserProperty("docker.host", null);
    if (named == null && !Files.exists(SOCKET)) {
      return absent("there is no container engine: no DOCKER_HOST and no " + SOCKET);
    }
    DockerClientFactory engine = DockerClientFactory.instance();
    if (!engine.isDockerAvailable()) {
      return absent("no container engine answers at " + (named == null ? SOCKET : named));
    }
    DockerClient client = engine.client();
    for (String image : List.of(Containers.POSTGRES, Containers.KAFKA)) {
      if (!has(client, image)) {
        return absent("the container engine has no image " + image + ", which docker/build makes");
      }
    }
    return new Engine(
        true,
        "containers of %s and %s, by the engine at %s"
            .formatted(
                Containers.POSTGRES,
                Containers.KAFKA,
                engine.getTransportConfig().getDockerHost()));
  }

  private static Engine absent(String why) {
    return new Engine(false, "processes of this machine, as " + why);
  }

  private static boolean has(DockerClient client, String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
