const gulp = require('gulp');
const rename = require('gulp-rename');
const { pipeline } = require('stream/promises');

exports.copy = (to) => pipeline(gulp.src(process.env.PAGES), rename(to), gulp.dest(process.env.OUT));
