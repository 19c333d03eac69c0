package dev.sotto.gateway.errors;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the container refuses before a controller sees it, in the API's shape. */
@RestController
class ContainerErrors implements ErrorController {
  @RequestMapping("/error")
  ResponseEntity<ApiError> error(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int status = code instanceof Integer number && number >= 400 ? number : 404;
    String message =
        switch (status) {
          case 404 -> "There is nothing at this path.";
          case 413 -> BodyTooLarge.MESSAGE;
          default ->
              status >= 500
                  ? "The gateway failed; this is its fault, not yours."
                  : "The request is not one that this gateway can read.";
        };
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(ApiError.of(status, status >= 500 ? "internal_error" : "bad_request", message, null));
  }
}
