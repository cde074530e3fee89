import http from 'node:http';

export const open = (url) => new Promise((resolve, reject) => {
  http.get(url, resolve).on('error', reject);
});

export const first = (url) => new Promise((resolve, reject) => {
  http.get(url, (res) => resolve(res)).on('error', reject);
});

export function kept(url, store) {
  http.get(url, (res) => {
    store.last = res;
  });
}

export function wrapped(url, done) {
  http.get(url, (res) => done(null, { status: res.statusCode, res }));
}

export function either(url, done) {
  http.get(url, (res) => {
    const answer = res || done;
    done(answer);
  });
}

export function all(url, done) {
  http.get(url, function () {
    done.apply(null, arguments);
  });
}
